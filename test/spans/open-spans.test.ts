import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const entry = new URL('../../src/index.js', import.meta.url).href

function linesOf(program: string): { msg: string; span: { outcome?: string; status: string } }[] {
  const source = `import { createSecurityLogger } from ${JSON.stringify(entry)}
const log = createSecurityLogger()
${program}`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { ...process.env, LOG_FORMAT: 'json', LOG_LEVEL: 'info' },
  })
  return stdout
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

test('work that is not done when the process exits is stated', (t) => {
  const lines = linesOf(`
log.withSpan('waits', () => new Promise(() => {}))
const generator = log.withSpan('half', function* () { yield 1; yield 2 })
generator.next()
globalThis.kept = [generator, log.withSpan('unasked', function* () { yield 1 })]
log.startSpan('detached')
await log.withSpan('done', async () => {})
log.startSpan('ended').end()
process.exit()`)
  t.deepEqual(
    lines.map(({ msg, span }) => [msg, span.outcome]),
    [
      ['span done ended', undefined],
      ['span ended ended', undefined],
      ['span waits unfinished', 'unfinished'],
      ['span half unfinished', 'unfinished'],
      ['span unasked never started', 'never_started'],
      ['span detached unfinished', 'unfinished'],
    ],
  )
})

test('work whose records are not wanted is not stated', (t) => {
  const lines = linesOf(`
log.child({}, { level: 'silent' }).startSpan('quiet')
createSecurityLogger({ spans: { level: 'silent' } }).startSpan('silent')`)
  t.deepEqual(lines, [])
})
