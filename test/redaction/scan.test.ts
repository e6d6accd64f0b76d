import test from 'ava'
import fc from 'fast-check'
import { tellingPairs, tellingWords } from '../../src/redaction/key-words.js'
import { scan } from '../../src/redaction/scan.js'
import { scanBits } from '../../src/redaction/types.js'

const clean = [
  '',
  'GET',
  'scan finished',
  '/v1/items?limit=5&sort=desc',
  'https://example.com/docs/page#top',
  '058691f9-3256-4982-8d75-2d8cd9dc1119',
  '4bf92f3577b34da6a3ce929d0e0e4736',
  '2026-11-20T21:00:00.000Z',
  'took 12.5 ms on 10.0.0.1:8080',
  'at Layer.handle (/app/node_modules/express/lib/router/layer.js:95:5)',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
  'größer, 中文, emoji 🚀',
]

for (const text of clean) {
  test(`ordinary text is neither escaped nor suspected: ${text}`, (t) => {
    t.is(scan(text), scanBits.clean)
  })
}

for (const text of [
  '"',
  '\\',
  'a\nb',
  '\u0000',
  '\u007f',
  '\u0085',
  '\u061c',
  '\u200e',
  '\u2028',
  '\u202e',
  '\u2066',
  '\ufeff',
  '\ud800',
  'x\udc00',
  '\ud83d',
]) {
  test(`a character that must be escaped is seen: ${[...text].map((c) => c.codePointAt(0)?.toString(16))}`, (t) => {
    t.is(scan(text) & scanBits.escape, scanBits.escape)
  })
}

for (const text of [
  'token=abc',
  '"password":"x"',
  'Authorization: Basic eDp5',
  'Bearer abc123def',
  'postgres://app:pw@db',
  'ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8',
  '4242424242424242',
  '4242 4242 4242 4242',
  '-----BEGIN PRIVATE KEY-----',
  './run --api-key x',
  "IDENTIFIED BY 'x'",
  '<password>x</password>',
]) {
  test(`a text that a rule may match is suspected: ${text}`, (t) => {
    t.is(scan(text) & scanBits.suspect, scanBits.suspect)
  })
}

test('every sensitive name is suspected before an equals sign', (t) => {
  // Too common a word in prose to be looked at: these are known as keys only.
  const inKeysOnly = /(?:no|nr|words|link)$/
  const names = [...tellingWords.keys(), ...tellingPairs.keys()].filter(
    (name) => !inKeysOnly.test(name),
  )
  const missed = names.filter((name) => {
    const written = name.replace(' ', '_')
    return (scan(`${written}=value`) & scanBits.suspect) === 0
  })
  t.deepEqual(missed, [])
})

test('what scan says of escaping agrees with JSON.stringify on any text without a suspicion', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const bits = scan(text)
      const quoted = JSON.stringify(text)
      if (bits === scanBits.clean) t.is(quoted, `"${text}"`)
    }),
  )
  t.pass()
})

test('long texts are read like short ones, wherever a piece of them ends', (t) => {
  const filler = 'plain words and 12 numbers, '
  for (const [part, bits] of [
    ['token=abc', scanBits.suspect],
    ['ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8', scanBits.suspect],
    ['4242424242424242', scanBits.suspect],
    ['\n', scanBits.escape],
    ['\u2028', scanBits.escape],
  ] as const) {
    for (let at = 8_150; at < 8_200; at++) {
      const text = `${filler.repeat(300).slice(0, at - 1)} ${part}`
      t.is(scan(text) & bits, bits, `${part} at ${at}`)
      t.is(scan(`${text} ${filler}é`) & bits, bits, `${part} at ${at}, é behind`)
      t.is(scan(`é ${text}`) & bits, bits, `${part} at ${at}, é before`)
    }
  }
  t.is(scan(filler.repeat(1_000)), scanBits.clean)
  t.is(scan(`${filler.repeat(1_000)}é`), scanBits.clean)
})
