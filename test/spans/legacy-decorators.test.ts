import { spawnSync } from 'node:child_process'
import process from 'node:process'
import test from 'ava'

const compiler = 'node_modules/typescript/bin/tsc'
const project = 'test/fixtures/legacy-decorators'
const program = 'build/legacy-decorators/test/fixtures/legacy-decorators/main.js'

interface Printed {
  readonly outer: string
  readonly scan: string
  readonly list: readonly string[]
  readonly stream: readonly string[]
  readonly count: number
  readonly triage: string
  readonly grep: string
  readonly names: readonly string[]
  readonly lengths: readonly number[]
}

/** Runs Node without the coverage of this run: what is compiled here is no source of ours. */
function node(...args: readonly string[]): string {
  // Left out, Node would hand it on all the same.
  const env = { ...process.env, NODE_V8_COVERAGE: '' }
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', env })
  if (status !== 0) throw new Error(stdout + stderr)
  return stdout
}

test('methods decorated with experimentalDecorators compile, and run in spans of their own', (t) => {
  t.is(node(compiler, '--pretty', 'false', '-p', project), '')
  const printed: Printed = JSON.parse(node(program))
  const { outer, scan, list, stream, count, triage, grep, names, lengths } = printed
  t.deepEqual(scan.split(' ').slice(0, 2), ['scanner', 'package-lock.json'])
  t.is(count, 3)
  t.deepEqual(names, ['scan', 'list', 'grep'])
  t.deepEqual(lengths, [1, 0, 1])
  t.is(list[0], list[1])
  t.is(stream[0], stream[1])
  const ids = [outer, scan.split(' ')[2], list[0], stream[0], triage, grep]
  t.is(new Set(ids).size, ids.length)
  for (const id of ids) t.regex(id ?? '', /^[0-9a-f]{16}$/)
})
