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
  t.regex(
    text,
    /"stack":\n {10}Error: boom\\u001b\[2J\n {14}at a\n {10}FORGED\\r\n {10}\\u2028FORGED/,
  )
  t.true(text.includes('"message": "a\\nb"'))
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
