import test from 'ava'
import { type FormatTraceTreeOptions, formatTraceTree, traceTree } from '../../src/testing/index.js'
import { plainLine, spanLine, traceId } from './span-lines.js'

function format(records: readonly unknown[], options?: FormatTraceTreeOptions): string {
  return traceTree(records)
    .map((tree) => formatTraceTree(tree, options))
    .join('\n')
}

const records = [
  spanLine({ span: 'a', service: 'gateway', took: 40 }),
  spanLine({ span: 'b', parent: 'a', service: 'gateway', start: 1, took: 9 }),
  spanLine({ span: 'c', parent: 'a', service: 'scanner', start: 10, took: 30, error: 'too bad' }),
  plainLine('b', { level: 'warn', msg: 'slow', ms: 9 }),
  plainLine('b', { level: 'debug', msg: 'detail' }),
]

test('a tree shows who called whom, when, for how long, notable lines and errors', (t) => {
  t.is(
    format(records, { width: 72 }),
    [
      `trace ${traceId}: 3 services (gateway, scanner, api), 3 spans, 1 failed, 40.0 ms`,
      'span                  service   start ms    took ms',
      'span a                gateway        0.0       40.0  ███████████████████',
      '├─ span b             gateway        1.0        9.0  █████',
      '│     warn  slow  ms=9',
      '└─ span c             scanner       10.0       30.0      ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒',
      '      ✗ TypeError: too bad',
    ].join('\n'),
  )
})

test('all lines or none can be asked for', (t) => {
  t.regex(format(records, { lines: 'all' }), /debug {2}detail/)
  t.notRegex(format(records, { lines: 'none' }), /slow/)
})

test('more lines than asked for are counted, not shown', (t) => {
  const many = Array.from({ length: 7 }, (_, n) => plainLine('a', { level: 'warn', n }))
  const text = format([spanLine({ span: 'a' }), ...many], { linesPerSpan: 2 })
  t.regex(text, /n=1\n.*… 5 more lines$/)
  t.notRegex(text, /n=2/)
})

test('terminal escapes, line breaks and direction marks in logged values do not reach the terminal', (t) => {
  const hostile = 'x\u001b[2J\n\u202e\u009b\u2028y'
  const span = spanLine({ span: 'a', error: hostile, service: hostile })
  const text = format([
    { ...span, span: { ...(span['span'] as object), name: hostile } },
    plainLine('a', { level: 'warn', msg: hostile, [hostile]: hostile, deep: [hostile] }),
  ])
  t.notRegex(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/)
  t.is(text.split('\n').length, 5)
})

test('every problem is said in a sentence', (t) => {
  const text = format([
    spanLine({ span: 'a', parent: 'f' }),
    spanLine({ span: 'b', kind: 'span_start' }),
    plainLine('c'),
    spanLine({ span: 'd', parent: 'd' }),
    spanLine({ span: 'd', parent: 'd' }),
    spanLine({ span: 'e', parent: 'a', start: -500, service: 'scanner' }),
  ])
  for (const said of [
    'never seen',
    'never ended',
    'no record',
    'own ancestor',
    'ended 2',
    '500.0 ms',
  ])
    t.true(text.includes(said), `${said}\n${text}`)
})

test('a chain of 2,000 spans is written without growing to the right', (t) => {
  const spans = Array.from({ length: 2_000 }, (_, index) => index + 1)
  const text = format(
    spans.map((n) =>
      spanLine({ span: n.toString(16), ...(n > 1 && { parent: (n - 1).toString(16) }) }),
    ),
    { width: 110 },
  )
  t.true(text.split('\n').every((line) => line.length <= 110))
})

test('a failed span whose error was recorded below it tells type and message', (t) => {
  const span = spanLine({ span: 'a' })
  const data = {
    ...(span['span'] as object),
    status: 'error',
    status_message: 'too bad',
    attributes: { 'error.type': 'TypeError' },
  }
  t.regex(format([{ ...span, span: data }]), /✗ TypeError: too bad$/)
  t.regex(format([{ ...span, span: { ...data, outcome: 'never_started' } }]), /a \(never started\)/)
})
