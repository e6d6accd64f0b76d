import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import test from 'ava'

const program = `
import { createSecurityLogger } from ${JSON.stringify(new URL('../../src/index.js', import.meta.url).href)}
const log = createSecurityLogger({})
log.info('first')
process.stdin.once('data', () => {
  for (let i = 0; i < 5; i++) log.info('later')
  process.stderr.write(JSON.stringify(log.health()))
  process.exit()
})
`

interface Health {
  readonly lines: number
  readonly dropped: number
}

/** Runs the program; its later lines are written when `ready` has resolved. */
async function healthOf(
  stdout: 'pipe' | number,
  ready: (child: ReturnType<typeof spawn>) => Promise<unknown>,
): Promise<Health> {
  const args = ['--no-warnings', '--input-type=module', '--eval', program]
  const child = spawn(process.execPath, args, { stdio: ['pipe', stdout, 'pipe'] })
  let text = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  const closed = once(child, 'close')
  await ready(child)
  child.stdin?.end('go')
  await closed
  return JSON.parse(text) as Health
}

test('lines that a closed pipe does not take are counted as dropped, not as written', async (t) => {
  const health = await healthOf('pipe', async (child) => {
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    child.stdout?.destroy()
    await once(child.stdout as NodeJS.ReadableStream, 'close')
  })
  t.is(health.lines, 1)
  t.is(health.dropped, 5)
})

// The device that is always full is Linux's own.
if (process.platform === 'linux')
  test('lines that a full disk does not take are counted as dropped', async (t) => {
    const health = await healthOf(openSync('/dev/full', 'w'), () => Promise.resolve())
    t.is(health.lines, 0)
    t.is(health.dropped, 6)
  })

const burst = (options: object, then: string) => `
import { createSecurityLogger } from ${JSON.stringify(new URL('../../src/index.js', import.meta.url).href)}
const log = createSecurityLogger(${JSON.stringify(options)})
for (let index = 0; index < 20_000; index++) log.info({ index }, 'a line that is long enough to fill a pipe')
log.error('an error')
${then}
`

/** Runs a program whose reader begins only when it is told to. */
async function outputOf(
  program: string,
): Promise<{ lines: string[]; stderr: string; code: unknown }> {
  const args = ['--no-warnings', '--input-type=module', '--eval', program]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  let text = ''
  let stderr = ''
  const closed = once(child, 'close')
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  // Nobody reads until the program has something to say.
  await once(child.stderr, 'data')
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  const [code] = await closed
  return { lines: text.trim().split('\n'), stderr, code }
}

test('lines that wait for a slow reader all arrive, whole and in order, the error before those that waited', async (t) => {
  const { lines, code } = await outputOf(
    burst({}, `process.stderr.write('done'); await log.flushed({ timeoutMs: 30_000 })`),
  )
  t.is(code, 0)
  t.is(lines.length, 20_001)
  const records = lines.map((line) => JSON.parse(line) as { index?: number; msg: string })
  const numbers = records.flatMap(({ index }) => index ?? [])
  t.deepEqual(
    numbers,
    [...numbers].sort((a, b) => a - b),
  )
  t.true(records.findIndex(({ msg }) => msg === 'an error') < 20_000)
})

test('a program that exits while they wait is held for its reader, for a while', async (t) => {
  const { lines, stderr, code } = await outputOf(
    burst({}, `process.stderr.write('done'); process.exit(7)`),
  )
  t.is(code, 7)
  t.is(lines.length, 20_001)
  t.is(stderr, 'done')
})

test('what has no room is counted by level, and the process goes on', async (t) => {
  const { lines, stderr } = await outputOf(
    burst(
      { output: { queueLength: 100_000 } },
      `process.stderr.write(JSON.stringify(log.health())); await log.flushed({ timeoutMs: 30_000 })`,
    ),
  )
  const { dropped, output } = JSON.parse(stderr) as {
    dropped: number
    output: { waiting: number; lost: Record<string, number> }
  }
  t.true(dropped > 0)
  t.deepEqual(output.lost, { 30: dropped })
  t.is(lines.length + dropped, 20_001)
  t.true(lines.some((line) => line.includes('an error')))
})
