import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import { createSecurityLogger } from '../../src/index.js'
import { memoryDestination, parseLogLines } from '../../src/testing/index.js'
import { id, plainLine, spanLine, traceId } from '../testing/span-lines.js'
import { bin, files, lines, runSeclog } from './run-seclog.js'

const other = 'a'.repeat(32)

const gateway = lines([
  plainLine('a', { service: 'gateway', msg: 'asked', level: 'warn' }),
  spanLine({ span: 'b', parent: 'a', service: 'gateway', start: 1, took: 9 }),
  spanLine({ span: 'a', service: 'gateway', took: 40 }),
  spanLine({ span: 'e', trace: other, service: 'gateway', start: 100, took: 500 }),
])
const scanner = lines([
  spanLine({ span: 'c', parent: 'a', service: 'scanner', start: 10, took: 30, error: 'too bad' }),
])

test('one trace of two services is shown from two files, one of them gzip', async (t) => {
  const paths = files(t, { 'gateway.jsonl': gateway, 'scanner.log': gzipSync(scanner) })
  const args = ['trace', traceId, paths['gateway.jsonl'], paths['scanner.log'], '--width', '72']
  const { code, stdout, stderr } = await runSeclog(args)
  t.is(stderr, '')
  t.is(code, 0)
  t.is(
    stdout,
    `${[
      `trace ${traceId}: 2 services (gateway, scanner), 3 spans, 1 failed, 40.0 ms`,
      'span                  service   start ms    took ms',
      'span a                gateway        0.0       40.0  ███████████████████',
      '│  warn  asked',
      '├─ span b             gateway        1.0        9.0  █████',
      '└─ span c             scanner       10.0       30.0      ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒',
      '      ✗ TypeError: too bad',
    ].join('\n')}\n`,
  )
})

test('an id may be cut short, or be the traceparent header', async (t) => {
  for (const name of [traceId.slice(0, 4), `00-${traceId}-${id('a')}-01`, traceId.toUpperCase()]) {
    const { code, stdout } = await runSeclog(['trace', name], { input: gateway })
    t.is(code, 0, name)
    t.true(stdout.startsWith(`trace ${traceId}`), name)
  }
})

test('the beginning of two ids is refused, and both are named', async (t) => {
  const near = `${traceId.slice(0, 31)}0`
  const input = gateway + lines([spanLine({ span: 'f', trace: near })])
  const { code, stdout, stderr } = await runSeclog(['trace', traceId.slice(0, 8)], { input })
  t.is(code, 1)
  t.is(stdout, '')
  t.true(stderr.includes(traceId) && stderr.includes(near), stderr)
})

test('a trace that is not there is said, with status 1', async (t) => {
  const { code, stdout, stderr } = await runSeclog(['trace', 'f'.repeat(32)], { input: gateway })
  t.is(code, 1)
  t.is(stdout, '')
  t.regex(stderr, /^No line of trace f+ is in standard input\. /)
})

test('without an id the traces are listed, newest first', async (t) => {
  const { code, stdout } = await runSeclog(['trace'], { input: gateway + scanner })
  t.is(code, 0)
  const [head = '', first = '', second = '', ...rest] = stdout.trimEnd().split('\n')
  t.deepEqual(rest, [])
  t.regex(head, /^trace +began +took ms +spans +failed +lines +services +root$/)
  t.regex(first, new RegExp(`^${other}  1970-\\S+Z +500\\.0 +1 +0 +1  gateway +span e$`))
  t.regex(second, new RegExp(`^${traceId}  1970-\\S+Z +40\\.0 +3 +1 +4  gateway, scanner  span a$`))
})

test('a list can be of what failed, of a service, of late, of the slowest, and limited', async (t) => {
  const input = gateway + scanner
  const ids = async (...args: string[]): Promise<unknown[]> => {
    const { stdout } = await runSeclog(['trace', '--json', ...args], { input })
    return parseLogLines(stdout).records.map(({ trace_id }) => trace_id)
  }
  t.deepEqual(await ids(), [other, traceId])
  t.deepEqual(await ids('--errors'), [traceId])
  t.deepEqual(await ids('--service', 'scanner'), [traceId])
  t.deepEqual(await ids('--slowest', '--limit', '1'), [other])
  t.deepEqual(await ids('--since', '1970-01-01T00:00:00.100Z'), [other])
  t.deepEqual(await ids('--since', '1h'), [])
})

test('spans of a service, or those that failed, are shown with the spans above them', async (t) => {
  const args = ['trace', traceId, '--service', 'scanner', '--errors']
  const { stdout } = await runSeclog(args, { input: gateway + scanner })
  t.regex(stdout, /span a .*\n.*\n└─ span c /)
  t.notRegex(stdout, /span b/)
  t.regex(stdout, /2 of 3 spans are shown\.\n$/)
})

test('the slowest spans of a trace are those with most time of their own', async (t) => {
  const { stdout } = await runSeclog(['trace', traceId, '--slowest', '--limit', '2'], {
    input: gateway + scanner,
  })
  const rows = stdout.trimEnd().split('\n').slice(1)
  t.deepEqual(
    rows.map((row) => row.trim().split(/ {2,}/)),
    [
      ['30.0', '30.0', 'scanner', id('c'), 'span c'],
      ['9.0', '9.0', 'gateway', id('b'), 'span b'],
    ],
  )
})

test('a trace as JSON holds its spans from top to bottom, however deep it is', async (t) => {
  const depth = 20_000
  const chain = Array.from({ length: depth }, (_, n) =>
    spanLine({ span: (n + 1).toString(16), ...(n > 0 && { parent: n.toString(16) }) }),
  )
  const { code, stdout } = await runSeclog(['trace', traceId, '--json'], { input: lines(chain) })
  t.is(code, 0)
  const trace: { spans: { depth: number; span_id: string }[]; span_count: number } =
    JSON.parse(stdout)
  t.is(trace.span_count, depth)
  t.is(trace.spans.at(-1)?.depth, depth - 1)
  t.is(trace.spans[0]?.span_id, id('1'))
})

test('what a logger writes is read in each format, security events and errors with it', async (t) => {
  for (const format of ['json', 'ecs', 'pino'] as const) {
    const destination = memoryDestination()
    const log = createSecurityLogger({ service: 'shop', format }, destination)
    await log
      .withSpan('login', async () => {
        log.security('authn_login_fail', { userid: 'joebob1' })
        throw new TypeError('no such user')
      })
      .catch(() => {})
    const input = `${destination.lines.join('\n')}\n`
    const [record] = destination.records
    const whole = String(record?.['trace_id'] ?? record?.['trace.id'])
    const { code, stdout, stderr } = await runSeclog(['trace', whole], { input })
    t.is(stderr, '')
    t.is(code, 0)
    t.regex(stdout, /^trace .*: 1 service \(shop\), 1 span, 1 failed/, format)
    t.regex(stdout, /✗ TypeError: no such user/, format)
    t.regex(stdout, /warn {2}⚑ authn_login_fail {2}\S/, format)
  }
})

test('lines as containers and shippers wrap them are unwrapped', async (t) => {
  const line = JSON.stringify(spanLine({ span: 'a' }))
  const nested = {
    '@timestamp': '2026-11-20T21:00:00.000Z',
    trace: { id: traceId },
    span: { id: id('a') },
    service: { name: 'api' },
    event: { kind: 'event', action: 'span-end', duration: 1e7, start: '2026-11-20T21:00:00.000Z' },
    seclog: { span: { name: 'span a', kind: 'internal', status: 'unset' } },
  }
  const wrapped = [
    `gateway-1  | ${line}`,
    `2026-11-20T21:00:00.000000000Z stdout F ${line}`,
    JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: '2026-11-20T21:00:00Z' }),
    JSON.stringify({ _index: 'logs-x', _id: '1', _source: JSON.parse(line) }),
    JSON.stringify(nested),
    `\ufeff${line}\r`,
  ]
  for (const input of wrapped) {
    const { code, stdout } = await runSeclog(['trace', traceId], { input })
    t.is(code, 0, input)
    t.regex(stdout, /1 service \(api\), 1 span, no errors, 10\.0 ms/, input)
  }
})

test('a logged value is not taken for a line', async (t) => {
  const inner = JSON.stringify(spanLine({ span: 'a' }))
  const input = lines([
    { level: 'info', log: inner, stream: 'stdout', time: '2026-11-20T21:00:00Z' },
    { level: 'info', _id: '1', _source: JSON.parse(inner) },
  ])
  t.is((await runSeclog(['trace'], { input })).code, 1)
})

test('broken lines are counted, never fatal', async (t) => {
  const input = `not json\n{"half":\n${gateway}[1]\n\n  \n"text"`
  const { code, stderr } = await runSeclog(['trace'], { input })
  t.is(code, 0)
  t.regex(stderr, /^4 lines are not JSON; left out here\.\n$/)
})

test('a line above 16 MiB is left out and counted, and the next one is read', async (t) => {
  const long = `${'x'.repeat(17 * 1024 * 1024)}\n`
  const { code, stderr } = await runSeclog(['trace'], { input: long + gateway })
  t.is(code, 0)
  t.is(stderr, '1 is longer than 16 MiB; left out here.\n')
})

test('lines are put together wherever chunks are cut, and multibyte characters stay whole', async (t) => {
  const name = 'Prüfung 日本語 😀'
  const span = { ...spanLine({ span: 'a' }), span: { name, start: '2026-11-20T21:00:00Z' } }
  const child = spawn(process.execPath, [bin, 'trace', traceId])
  const ended = once(child, 'close')
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  for (const byte of Buffer.from(lines([span]))) child.stdin.write(Buffer.of(byte))
  child.stdin.end()
  t.deepEqual(await ended, [0, null])
  t.true(stdout.includes(name), stdout)
})

test('what cannot be read is said in a sentence, with status 2', async (t) => {
  const paths = files(t, {
    'cut.gz': gzipSync(gateway).subarray(0, 40),
    'bad.gz': Buffer.of(0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9),
  })
  const refused: [string[], RegExp][] = [
    [['trace', 'gone.jsonl'], /gone\.jsonl does not exist; check the path\.\n$/],
    [['trace', paths.folder], /is a folder; name the files in it\.\n$/],
    [['trace', paths['cut.gz']], /ends in the middle of its gzip data/],
    [['trace', paths['bad.gz']], /is damaged gzip data|cannot be read \(/],
    [['trace', '-', '-'], /can be read only once/],
    [
      ['trace', '--since', 'yesterday'],
      /--since is "yesterday"; it takes a time before now such as 15m/,
    ],
    [['trace', '--limit', '0'], /--limit is "0"; it takes a whole number from 1 to 10000\./],
    [['trace', '--lines', 'few'], /--lines is "few"; it takes one of none, notable, all\./],
    [['trace', '--nope'], /Unknown option '--nope'\. See: seclog trace --help/],
    [['tracee'], /"tracee" is no command of seclog\. Did you mean trace\?/],
  ]
  for (const [args, sentence] of refused) {
    const { code, stdout, stderr } = await runSeclog(args)
    t.is(code, 2, stderr)
    t.is(stdout, '')
    t.regex(stderr, sentence)
    t.true(stderr.startsWith('seclog: '))
  }
})

test('no logged value, file name or argument drives the terminal', async (t) => {
  const hostile = 'x\u001b[2J\u009b1m\u202e\u2028y'
  const span = { ...spanLine({ span: 'a', service: hostile }), span: { name: hostile } }
  const input = lines([span, plainLine('a', { level: hostile, msg: hostile, [hostile]: hostile })])
  const runs = [
    ['trace', traceId, '--lines', 'all'],
    ['trace', traceId, '--json'],
    ['trace', traceId, '--slowest'],
    ['trace'],
    ['trace', '--json'],
    ['trace', hostile],
    [hostile],
    ['trace', '--limit', hostile],
  ]
  for (const args of runs) {
    const { stdout, stderr } = await runSeclog(args, { input })
    t.notRegex(stdout + stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/)
  }
})

test('colours are off in a pipe and by NO_COLOR, and on when asked for', async (t) => {
  const coloured = async (args: string[], env: Record<string, string>): Promise<boolean> =>
    (await runSeclog(['trace', traceId, ...args], { input: gateway, env })).stdout.includes(
      '\u001b[',
    )
  t.false(await coloured([], {}))
  t.true(await coloured([], { FORCE_COLOR: '1' }))
  t.false(await coloured([], { FORCE_COLOR: '1', NO_COLOR: '1' }))
  t.true(await coloured(['--color'], { NO_COLOR: '1' }))
  t.false(await coloured(['--no-color'], { FORCE_COLOR: '1' }))
})

test('a reader that goes away ends the command without a word, though its input goes on', async (t) => {
  const child = spawn(process.execPath, [bin, 'trace', '--json', '-'], { stdio: 'pipe' })
  const ended = once(child, 'close')
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  child.stdout.destroy()
  child.stdin.on('error', () => {})
  child.stdin.end(gateway)
  const [code] = await ended
  t.is(code, 0)
  t.is(stderr, '')
})

test('200,000 lines of 50,000 traces are listed in a heap of 48 MB', async (t) => {
  const pad = 'x'.repeat(200)
  const input = Array.from({ length: 50_000 }, (_, n) => {
    const trace = (n + 1).toString(16).padStart(32, '0')
    const line = JSON.stringify({ ...plainLine('b'), trace_id: trace, time: n, pad })
    return `${line}\n${line}\n${line}\n${JSON.stringify(spanLine({ span: 'a', trace, start: n }))}\n`
  }).join('')
  const { code, stdout, stderr } = await runSeclog(['trace', '--json', '--limit', '1'], {
    input,
    node: ['--max-old-space-size=48'],
  })
  t.is(code, 0, stderr)
  t.like(JSON.parse(stdout), { trace_id: (50_000).toString(16).padStart(32, '0'), line_count: 4 })
  t.is(stderr, '')
})

test('help is shown for the whole and for each command', async (t) => {
  const general = await runSeclog(['--help'])
  t.is(general.code, 0)
  t.regex(general.stdout, /^Usage: seclog COMMAND/)
  const own = await runSeclog(['trace', '--help'])
  t.is(own.code, 0)
  t.regex(own.stdout, /^Usage: seclog trace \[options\]/)
  t.deepEqual(await runSeclog(['help', 'trace']), own)
  t.true(own.stdout.split('\n').every((line) => line.length <= 80))
  t.is((await runSeclog([])).code, 2)
  t.regex((await runSeclog(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/)
})
