import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import test from 'ava'
import { isJsonObject, type JsonObject, jsonText } from '../../src/formats/json-value.js'
import {
  createPrettyStream,
  createPrettyText,
  isPinoPretty,
  prettyOptions,
} from '../../src/formats/pretty.js'
import { hide, neutralise, show } from '../../src/formats/visible.js'
import { quoteJson } from '../../src/redaction/quote.js'

interface HostileInput {
  readonly name: string
  readonly group: string
  readonly how?: string
  readonly heavy?: boolean
  make(): unknown
}

const pinoPretty: unknown = createRequire(join(process.cwd(), 'package.json'))('pino-pretty')
const { hostileInputs } = (await import(join(process.cwd(), 'test/data/hostile-inputs.mjs'))) as {
  hostileInputs: readonly HostileInput[]
}
const escapeCharacter = '\u001b'
const unsafe =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Cs}/u

function pretty(fields: JsonObject, colorize = false): string {
  if (!isPinoPretty(pinoPretty)) throw new Error('pino-pretty is not installed')
  const record = { level: 'info', time: '2026-11-20T21:00:00.000Z', ...fields }
  return createPrettyText(pinoPretty, { colorize })(`${jsonText(record, quoteJson)}\n`)
}

/** No terminal can be driven, and only the record's first line stands at the margin. */
function isTame(text: string, colorize: boolean): boolean {
  const plain = colorize ? text.replace(/\u001b\[\d+m/g, '') : text
  return (
    !unsafe.test(plain) &&
    plain
      .split('\n')
      .slice(1)
      .every((line) => /^\s|^$/.test(line))
  )
}

test('a record reads as pino-pretty writes it', (t) => {
  t.regex(
    pretty({ msg: 'scan finished', scan_id: 's-42', nested: { a: ['b'] } }),
    /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: scan finished\n {4}scan_id: "s-42"\n {4}nested: \{\n {6}"a": \[\n {8}"b"\n {6}\]\n {4}\}\n$/,
  )
})

test('line ends in message, key and name are spelled out', (t) => {
  const text = pretty({
    msg: 'ok\n[12:00:00.000] FATAL: forged',
    'key\n[12:00:00.000] FATAL: forged': 1,
    name: 'svc\nFORGED',
    caller: ['x\nFORGED'],
  })
  t.true(isTame(text, false))
  t.true(text.includes('ok\\n[12:00:00.000] FATAL: forged'))
  t.true(text.includes('    key\\n[12:00:00.000] FATAL: forged: 1\n'))
  t.true(text.includes('(svc\\nFORGED)'))
})

test('the lines of a stack stay lines, indented and without what drives a terminal', (t) => {
  const stack = `Error: boom${escapeCharacter}[2J\n    at a\nFORGED\r\n\u2028FORGED`
  const text = pretty({
    msg: 'x',
    err: { type: 'Error', message: 'a\nb', stack, cause: { stack } },
  })
  t.true(isTame(text, false))
  t.true(
    text.endsWith(
      [
        '    Error: boom\\u001b[2J',
        '        at a',
        '        FORGED\\r',
        '        \\u2028FORGED',
        '      caused by Error: boom\\u001b[2J',
        '          … 3 more frames',
        '',
      ].join('\n'),
    ),
    text,
  )
  t.true(
    pretty({ msg: 'x', err: { type: 'Error', message: 'a\nb' } }).endsWith('\n    Error: a\\nb\n'),
  )
})

test('frames of packages and of Node are folded, and what else is on an error is a field', (t) => {
  const stack = [
    'TypeError: boom',
    '    at own (/app/src/a.js:1:1)',
    '    at theirs (/app/node_modules/x/index.js:1:1)',
    '    at process (node:internal/process:1:1)',
    '    at main (/app/src/b.js:1:1)',
  ].join('\n')
  const members = [{ type: 'Error', message: 'one' }, { type: 'Error', message: 'two' }, 3]
  const err = {
    type: 'TypeError',
    message: 'boom',
    code: 'E_X',
    stack,
    cause: 'why',
    aggregateErrors: members,
  }
  t.is(
    pretty({ msg: 'x', err }).split('\n').slice(1).join('\n'),
    [
      '    err: {',
      '      "code": "E_X"',
      '    }',
      '    TypeError: boom',
      '        at own (/app/src/a.js:1:1)',
      '        … 2 more frames',
      '        at main (/app/src/b.js:1:1)',
      '      caused by why',
      '      with Error: one',
      '      with Error: two',
      '',
    ].join('\n'),
  )
})

test('an error whose causes never end is cut', (t) => {
  let cause: JsonObject = { type: 'Error', message: 'deepest' }
  for (let n = 0; n < 30; n += 1) cause = { type: 'Error', message: `${n}`, cause }
  t.is(pretty({ msg: 'x', err: cause }).match(/caused by/g)?.length, 19)
})

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'

/** A stream of lines; their headlines without time and level. */
function headlines(records: readonly JsonObject[], colorize = false): string[] {
  if (!isPinoPretty(pinoPretty)) throw new Error('pino-pretty is not installed')
  const text = createPrettyText(pinoPretty, { colorize })
  return records.map((fields) => {
    const line = jsonText(
      { level: 'info', time: 0, service: 'api', trace_id: traceId, ...fields },
      quoteJson,
    )
    return (text(line).split('\n')[0] ?? '').replace(/^.*?(?:INFO|ERROR)\S*: ?/, '')
  })
}

function spanRecord(span: string, name: string, more: JsonObject = {}, kind = 'span'): JsonObject {
  return { span_id: span, 'event.kind': kind, span: { name, ...more }, msg: `span ${name}` }
}

test('spans are indented by their depth, whose ids are known from their own records', (t) => {
  const started = headlines([
    spanRecord('a', 'scan', {}, 'span_start'),
    { span_id: 'a', msg: 'in scan' },
    spanRecord('b', 'one', { parent_span_id: 'a' }, 'span_start'),
    spanRecord('c', 'two', { parent_span_id: 'a' }, 'span_start'),
    { span_id: 'b', msg: 'in one' },
    { span_id: 'c', msg: 'in two' },
    spanRecord('b', 'one', { parent_span_id: 'a', duration_ms: 1.25, status: 'unset' }),
    spanRecord('c', 'two', {
      parent_span_id: 'a',
      duration_ms: 2,
      status: 'error',
      status_message: 'no',
    }),
    spanRecord('a', 'scan', { duration_ms: 3, outcome: 'never_started' }),
    { msg: 'beside' },
  ])
  t.deepEqual(started, [
    'api 4bf92f35 ▶ scan',
    'api 4bf92f35 │ in scan',
    'api 4bf92f35 │ ▶ one',
    'api 4bf92f35 │ ▶ two',
    'api 4bf92f35 │ │ in one',
    'api 4bf92f35 │ │ in two',
    'api 4bf92f35 │ ◀ one 1.3 ms',
    'api 4bf92f35 │ ✗ two 2.0 ms no',
    'api 4bf92f35 ◀ scan 3.0 ms never started',
    'api 4bf92f35 beside',
  ])
})

test('without records of starts, a span is taken for a child of the last one that is open', (t) => {
  t.deepEqual(
    headlines([
      { span_id: 'a', msg: 'in scan' },
      { span_id: 'b', msg: 'in one' },
      spanRecord('b', 'one', { parent_span_id: 'a', duration_ms: 1 }),
      spanRecord('d', 'silent', { parent_span_id: 'c', duration_ms: 1 }),
      spanRecord('c', 'two', { parent_span_id: 'a', duration_ms: 1 }),
      spanRecord('a', 'scan', { duration_ms: 3 }),
    ]),
    [
      'api 4bf92f35 │ in scan',
      'api 4bf92f35 │ │ in one',
      'api 4bf92f35 │ ◀ one 1.0 ms',
      'api 4bf92f35 │ │ ◀ silent 1.0 ms',
      'api 4bf92f35 │ ◀ two 1.0 ms',
      'api 4bf92f35 ◀ scan 3.0 ms',
    ],
  )
})

test('where no record of an end is seen, no span is drawn below another than the first', (t) => {
  const seen = ['a', 'b', 'c', 'd'].map((span) => ({ span_id: span, msg: span }))
  t.deepEqual(headlines(seen), [
    'api 4bf92f35 │ a',
    'api 4bf92f35 │ │ b',
    'api 4bf92f35 │ │ c',
    'api 4bf92f35 │ │ d',
  ])
})

test('a hundred levels of spans do not run out of the terminal', (t) => {
  const spans = Array.from({ length: 100 }, (_, n) =>
    spanRecord(`${n}`, 'x', n === 0 ? {} : { parent_span_id: `${n - 1}` }, 'span_start'),
  )
  t.is(headlines(spans).at(-1)?.match(/│/g)?.length, 12)
})

test('a trace has one colour, others have others', (t) => {
  const colours = headlines(
    [{ msg: 'a' }, { msg: 'b' }, { msg: 'c', trace_id: 'a'.repeat(32) }],
    true,
  ).map((line) => /(\u001b\[\d+m)(?:4bf92f35|aaaaaaaa)/.exec(line)?.[1])
  t.is(colours[0], colours[1])
  t.not(colours[0], colours[2])
})

test('a security event is marked, and its place in ECS is left out', (t) => {
  const text = pretty({
    msg: 'login failed',
    'event.kind': 'event',
    'event.category': ['authentication'],
    'event.outcome': 'failure',
    'event.action': 'authn_login_fail',
    'event.severity': 47,
    user: { id: 'joebob1' },
  })
  t.regex(text, /INFO: ⚑ authn_login_fail login failed\n {4}event\.outcome: "failure"\n {4}user: /)
  t.true(pretty({ msg: 'x', 'event.category': ['web'] }).includes('event.category'))
})

test('an attribute of a span cannot pass for a field of the line', (t) => {
  const attributes = { 'scan.id': 's-42', level: 'fatal', msg: 'FORGED', name: 'x', time: 1 }
  const text = pretty(spanRecord('a', 'scan', { attributes, duration_ms: 1 }))
  t.regex(
    text,
    /^\[[\d:.]+\] INFO: ◀ scan 1\.0 ms\n {4}scan\.id: "s-42"\n {4}span\.attributes: \{\n/,
  )
  for (const kept of ['"level": "fatal"', '"msg": "FORGED"', '"name": "x"', '"time": 1'])
    t.true(text.includes(kept), kept)
})

test('a record that is an error itself is indented too', (t) => {
  const text = pretty({ msg: 'x', type: 'Error', stack: 'Error: x\nFORGED', other: 1 })
  t.true(isTame(text, false))
  t.true(text.includes('\n    FORGED\n'))
})

test('a stack anywhere else is one line', (t) => {
  t.true(pretty({ msg: 'x', stack: 'a\nb', y: { stack: 'a\nb' } }).includes('stack: "a\\nb"'))
})

test('names that objects have, and keys that look like prettifiers, are fields like others', (t) => {
  const text = pretty(
    JSON.parse(
      '{"msg":"x","toString":1,"hasOwnProperty":2,"__defineGetter__":3,"__proto__":4,"constructor":{"__proto__":5}}',
    ),
  )
  for (const line of ['toString: 1', 'hasOwnProperty: 2', '__defineGetter__: 3', '__proto__: 4']) {
    t.true(text.includes(`    ${line}\n`), line)
  }
  t.true(text.includes('"__proto__": 5'))
})

test('characters of the private plane are not taken for hidden ones', (t) => {
  t.is(show(hide('a\u{f001b}b')), 'a\\u{f001b}b')
  t.is(show(hide('a\u001b\n\t\u202e\ud800😀')), 'a\\u001b\\n\\t\\u202e\\ud800😀')
  t.is(neutralise('a\u0000\r\u0085😀\udc00'), 'a\\u0000\\r\\u0085😀\\udc00')
})

test('custom levels have their label', (t) => {
  if (!isPinoPretty(pinoPretty)) return t.fail()
  const text = createPrettyText(pinoPretty, { levels: { audit: 35 }, colorize: false })
  t.regex(text('{"level":"audit","time":1,"msg":"x"}\n'), /AUDIT: x\n$/)
  t.regex(text('{"level":"warn","time":1,"msg":"x"}\n'), /WARN: x\n$/)
})

test('what cannot be formatted comes out as the line that it was', (t) => {
  const failing = { prettyFactory: () => () => raise() }
  const forging = { prettyFactory: () => () => 'a\nb\n' }
  const driving = { prettyFactory: () => () => `a${escapeCharacter}[2Jb\n` }
  const silent = { prettyFactory: () => () => undefined }
  const line = '{"msg":"x"}\n'
  for (const module of [failing, forging, driving]) t.is(createPrettyText(module)(line), line)
  t.is(createPrettyText(silent)(line), '')
  t.is(createPrettyText(failing)('no JSON\n'), 'no JSON\n')
})

function raise(): string {
  throw new Error('no')
}

test('a module without prettyFactory is not pino-pretty', (t) => {
  t.true(isPinoPretty(pinoPretty))
  for (const module of [undefined, null, {}, { prettyFactory: 1 }, 'x'])
    t.false(isPinoPretty(module))
  t.is(prettyOptions()['messageKey'], 'msg')
})

test('a stream in front of a destination keeps what the destination has', (t) => {
  if (!isPinoPretty(pinoPretty)) return t.fail()
  const written: string[] = []
  const destination = {
    ended: 0,
    write(text: string) {
      written.push(text)
      return true
    },
    end() {
      this.ended++
    },
  }
  const stream = createPrettyStream(pinoPretty, destination, { colorize: false })
  stream.write('{"level":"info","time":1,"msg":"x"}\n')
  stream.end()
  t.regex(written[0] ?? '', /INFO: x\n$/)
  t.is(stream.ended, 1)
})

for (const colorize of [false, true]) {
  const how = colorize ? 'with' : 'without'
  test(`no hostile input drives a terminal or forges a line, ${how} colours`, (t) => {
    for (const { name, group, heavy, make } of hostileInputs) {
      if (heavy) continue
      const value = plain(make)
      if (value === undefined) continue
      const records: JsonObject[] = [
        { msg: 'probe', v: value },
        { msg: 'probe', err: value },
      ]
      if (typeof value === 'string') records.push({ msg: value, name: value, [value]: value })
      else if (isJsonObject(value)) records.push({ msg: 'probe', ...value })
      for (const record of records) {
        const text = pretty(record, colorize)
        t.true(isTame(text, colorize), `${name}: ${text.slice(0, 200)}`)
        t.false(text.startsWith('{'), `${name} is not formatted`)
        if (group === 'terminal') t.true(text.includes('\\u001b'), name)
      }
    }
  })
}

/** The JSON of a hostile value, where it has one. */
function plain(make: () => unknown): JsonObject[string] | undefined {
  try {
    const text = JSON.stringify(make())
    return text === undefined || text.length > 5_000 ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
