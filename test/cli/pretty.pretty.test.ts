import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import { createSecurityLogger } from '../../src/index.js'
import { memoryDestination } from '../../src/testing/index.js'
import { plainLine, spanLine, traceId } from '../testing/span-lines.js'
import { bin, files, lines, quietEnvironment, runSeclog } from './run-seclog.js'

const hostile = 'x\u001b[2J\u009b1m\u202e\u2028y'

function logged(format: 'json' | 'ecs' | 'pino'): string {
  const destination = memoryDestination()
  const log = createSecurityLogger({ service: 'shop', format }, destination)
  log.withSpan('login', () => {
    log.security('authn_login_fail', { userid: 'joebob1' })
    log.warn({ attempt: 3 }, 'refused')
  })
  return `${destination.lines.join('\n')}\n`
}

test('lines of each format read the same', async (t) => {
  for (const format of ['json', 'ecs'] as const) {
    const { code, stdout, stderr } = await runSeclog(['pretty'], { input: logged(format) })
    t.is(stderr, '')
    t.is(code, 0)
    t.regex(
      stdout,
      /^\[[\d:.]+\] WARN: shop [0-9a-f]{8} │ ⚑ authn_login_fail login failed\n/,
      format,
    )
    t.regex(
      stdout,
      /\n\[[\d:.]+\] WARN: shop [0-9a-f]{8} │ refused\n(?: {4}thread_id: \d+\n)? {4}attempt: /,
      format,
    )
    t.regex(stdout, /\n\[[\d:.]+\] INFO: shop [0-9a-f]{8} ◀ login \d+\.\d ms\n/, format)
  }
  t.regex((await runSeclog(['pretty'], { input: logged('pino') })).stdout, /WARN/)
})

test('what LOG_FORMAT=pretty writes is what seclog pretty makes of the lines', async (t) => {
  const script = `import { createSecurityLogger } from ${JSON.stringify(new URL('../../src/index.js', import.meta.url).href)}
const log = createSecurityLogger({ service: 'shop' })
log.error({ err: new TypeError('boom') , id: 7 }, 'failed')`
  const run = async (format: string): Promise<string> => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...quietEnvironment(), LOG_FORMAT: format },
    })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    await once(child, 'close')
    return text
  }
  const stamp = /^\[[\d:.]+\]/
  const pretty = (await run('pretty')).replace(stamp, '')
  const { stdout } = await runSeclog(['pretty'], { input: await run('json') })
  t.is(stdout.replace(stamp, ''), pretty)
  t.regex(pretty, / ERROR: shop failed\n {4}id: 7\n {4}TypeError: boom\n {8}at /)
})

test('lines of several files are put in the order of their times', async (t) => {
  const at = (time: number, msg: string): object => plainLine('a', { time, msg })
  const paths = files(t, {
    one: lines([at(1, 'first'), at(4, 'fourth'), { msg: 'no time' }, at(6, 'sixth')]),
    two: gzipSync(lines([at(2, 'second'), at(3, 'third'), at(5, 'fifth')])),
  })
  const { stdout } = await runSeclog(['pretty', paths.one, paths.two])
  t.deepEqual(
    [...stdout.matchAll(/first|second|third|fourth|no time|fifth|sixth/g)].map(([word]) => word),
    ['first', 'second', 'third', 'fourth', 'no time', 'fifth', 'sixth'],
  )
})

test('a line is shown as soon as it comes', async (t) => {
  const child = spawn(process.execPath, [bin, 'pretty'], { env: quietEnvironment() })
  for (const msg of ['first', 'second']) {
    child.stdin.write(lines([{ level: 'info', time: 1, msg }]))
    const [chunk] = await once(child.stdout, 'data')
    t.true(String(chunk).includes(msg))
  }
  child.stdin.end()
  t.deepEqual(await once(child, 'close'), [0, null])
})

test('lines can be chosen by level, service and trace', async (t) => {
  const input = lines([
    plainLine('a', { msg: 'one', service: 'gateway' }),
    plainLine('a', { msg: 'two', level: 'error' }),
    { level: 40, time: 1, msg: 'three' },
    {
      'log.level': 'warn',
      '@timestamp': '2026-11-20T21:00:00Z',
      message: 'four',
      'service.name': 'gateway',
    },
    { level: 'audit', time: 1, msg: 'five' },
    spanLine({ span: 'a', service: 'gateway' }),
  ])
  const shown = async (...args: string[]): Promise<string[]> => {
    const { stdout } = await runSeclog(['pretty', ...args], { input: `${input}six\n` })
    return [...stdout.matchAll(/one|two|three|four|five|six|span a/g)].map(([word]) => word)
  }
  t.deepEqual(await shown(), ['one', 'two', 'three', 'four', 'five', 'span a', 'six'])
  t.deepEqual(await shown('--level', 'warn'), ['two', 'three', 'four'])
  t.deepEqual(await shown('--service', 'gateway'), ['one', 'four', 'span a'])
  t.deepEqual(await shown('--trace', traceId.slice(0, 6)), ['one', 'two', 'span a'])
  t.regex((await runSeclog(['pretty', '--level', 'loud'])).stderr, /takes one of trace, debug/)
})

test('neither a record nor a line that is none drives the terminal, with colours or without', async (t) => {
  const records = lines([
    plainLine('a', { msg: hostile, [hostile]: hostile, service: hostile, level: hostile }),
    { msg: hostile, err: { type: hostile, message: hostile, stack: `${hostile}\n${hostile}` } },
    spanLine({ span: 'a', service: hostile, error: hostile }),
  ])
  for (const colour of ['--color', '--no-color']) {
    const { stdout } = await runSeclog(['pretty', colour], { input: `${records}${hostile}\n` })
    t.notRegex(
      stdout.replace(/\u001b\[\d+(?:;\d+)*m/g, ''),
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/,
    )
    t.is(stdout.includes('\u001b[3'), colour === '--color')
  }
})
