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
