import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { checks } from '../../../examples/demo/checks.js'
import { parseLockfile } from '../../../examples/demo/lockfile.js'
import { decide } from '../../../examples/demo/policy.js'
import { type LogRecord, parseLogLines, traceTree } from '../../../src/testing/index.js'
import { type Run, runExample } from '../run.js'

interface DemoRun extends Run {
  readonly gateway: readonly LogRecord[]
  readonly scanner: readonly LogRecord[]
}

function temporaryFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'seclog-demo-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}

async function runDemo(
  t: ExecutionContext,
  lockfile: string,
  env: NodeJS.ProcessEnv = {},
): Promise<DemoRun> {
  const logs = temporaryFolder(t)
  const run = await runExample('demo/main.js', [lockfile, '--logs', logs], env)
  const read = (service: string): readonly LogRecord[] => {
    const { records, broken } = parseLogLines(readFileSync(join(logs, `${service}.jsonl`), 'utf8'))
    t.deepEqual(broken, [])
    t.true(records.every((record) => record['service'] === service))
    return records
  }
  t.true(run.stdout.includes(`The log lines are in ${join(logs, 'gateway.jsonl')}`), run.stdout)
  return { ...run, gateway: read('gateway'), scanner: read('scanner') }
}

function traceIds(records: readonly LogRecord[]): unknown[] {
  return [...new Set(records.flatMap((record) => record['trace_id'] ?? []))]
}

const spans = [
  'submit lock file',
  'read lock file',
  'POST /scans',
  'receive lock file',
  'parse lock file',
  ...checks.map(({ name }) => `check ${name}`),
  'decide',
]

test('a real lock file is scanned by two services whose log lines make one trace', async (t) => {
  const run = await runDemo(t, 'package-lock.json')
  t.is(run.stderr, '')
  t.is(run.code, 0)
  t.is(traceIds(run.gateway).length, 1)
  t.deepEqual(traceIds(run.gateway), traceIds(run.scanner))
  const [tree, ...others] = traceTree([...run.scanner, ...run.gateway])
  t.deepEqual(others, [])
  t.deepEqual(tree?.problems, [])
  t.is(tree?.errorCount, 0)
  t.is(tree?.roots.length, 1)
  t.is(tree?.spanCount, spans.length + 1)
  for (const name of spans) t.true(run.stdout.includes(`─ ${name} `) || name === spans[0], name)
  const packages = parseLockfile(readFileSync('package-lock.json', 'utf8'))
  const expected = decide(checks.flatMap((check) => check.run(packages).findings))
  t.true(run.stdout.includes(`Verdict: ${expected.verdict} (`), run.stdout)
  t.regex(run.stdout, /check transport [\s\S]*counted .*unknown=\d+/)
})

test('the flaws of a suspicious lock file are in the tree, and deny it', async (t) => {
  const run = await runDemo(t, 'test/data/suspicious-lock.json')
  t.is(run.code, 0)
  t.regex(run.stdout, /Verdict: deny \(1 integrity-malformed \(high\), 1 transport-plain \(high\)/)
  for (const rule of ['lookalike', 'integrity-weak', 'deprecated', 'duplicate-versions'])
    t.true(run.stdout.includes(`rule=${rule}`), rule)
  t.is(run.scanner.filter(({ msg }) => msg === 'finding').length, 9)
  t.false(JSON.stringify([run.stdout, run.scanner, run.gateway]).includes('s3cr3t-pass'))
})

test('a lock file that is not JSON fails in the scanner, and the tree of both services says so', async (t) => {
  const file = join(temporaryFolder(t), 'package-lock.json')
  writeFileSync(file, '{"packages": hunter2}')
  const run = await runDemo(t, file)
  t.is(run.code, 1)
  t.is(run.stderr, 'The lock file is not JSON.\n')
  t.regex(run.stdout, /parse lock file [\s\S]*✗ LockfileError: The lock file is not JSON\./)
  const [tree] = traceTree([...run.scanner, ...run.gateway])
  t.deepEqual(tree?.problems, [])
  t.is(tree?.errorCount, 4)
  t.false(run.stdout.includes('hunter2'))
})

test('a lock file that is missing, no file or too large is refused in a sentence', async (t) => {
  const folder = temporaryFolder(t)
  const large = join(folder, 'large.json')
  writeFileSync(large, '')
  truncateSync(large, 33 * 1024 * 1024)
  const refused = {
    [join(folder, 'missing.json')]: /^The lock file .*missing\.json does not exist/,
    [folder]: /is not a file\.\n$/,
    [large]: /^Lock files up to 32 MiB are read; this one is larger\.\n$/,
  }
  for (const [path, sentence] of Object.entries(refused)) {
    const run = await runDemo(t, path)
    t.is(run.code, 1)
    t.regex(run.stderr, sentence)
    t.regex(run.stdout, /read lock file [\s\S]*✗ SubmitError/)
    t.deepEqual(traceIds(run.scanner), [])
  }
})

test('lines in other formats for programs make the same tree', async (t) => {
  for (const format of ['ecs', 'pino']) {
    const logs = temporaryFolder(t)
    const args = ['test/data/suspicious-lock.json', '--logs', logs]
    const run = await runExample('demo/main.js', args, { LOG_FORMAT: format })
    t.is(run.stderr, '')
    for (const name of spans) t.true(run.stdout.includes(`${name} `), `${format}: ${name}`)
    t.regex(run.stdout, /Verdict: deny \(1 integrity-malformed \(high\)/)
    t.regex(run.stdout, /rule=lookalike {2}package=lodahs/)
    t.false(run.stdout.includes('not JSON'))
  }
})

test('a wrong option is refused in a sentence', async (t) => {
  const run = await runExample('demo/main.js', ['--nope'])
  t.is(run.code, 2)
  t.regex(run.stderr, /^Unknown option '--nope'/)
  t.is(run.stdout, '')
})
