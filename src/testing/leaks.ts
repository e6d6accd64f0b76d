/** A place where a secret stands. */
export interface Leak {
  /** Name of the secret. */
  readonly secret: string
  /** How it is written there. */
  readonly encoding: string
  /** Where in the text it begins. */
  readonly at: number
}

/** A part of a longer secret that gives it away. */
const leastPart = 12
/** From this length on, a part counts. */
const leastWhole = 20

/**
 * Finds a secret in a text in whatever way it may have got there: as it is, in another case, in base64 and base64url at each
 * alignment, in hexadecimal, percent-encoded, escaped for JSON or HTML, as UTF-16, in groups of digits, all of these in each
 * other, and in parts of 12 characters for one of 20 and more.
 */
export function findLeak(text: string, secret: string, name: string): Leak | undefined {
  for (const [how, decoded] of decodings(text)) {
    for (const { encoding, form } of formsOf(secret)) {
      const at = form.test === undefined ? decoded.indexOf(form.text) : decoded.search(form.test)
      if (at === -1) continue
      return {
        secret: name,
        encoding: [encoding, how].filter(Boolean).join(', '),
        at: how ? 0 : at,
      }
    }
  }
  return undefined
}

interface Form {
  readonly encoding: string
  readonly form: { readonly text: string; readonly test?: RegExp }
}

const known = new Map<string, readonly Form[]>()

function formsOf(secret: string): readonly Form[] {
  let forms = known.get(secret)
  if (forms === undefined) {
    if (known.size > 1_000) known.clear()
    forms = makeForms(secret)
    known.set(secret, forms)
  }
  return forms
}

function makeForms(secret: string): readonly Form[] {
  const forms: Form[] = [{ encoding: 'as it is', form: { text: secret } }]
  const add = (encoding: string, text: string): void => {
    if (text.length >= 6) forms.push({ encoding, form: { text } })
  }
  const test = (encoding: string, expression: RegExp): void => {
    forms.push({ encoding, form: { text: '', test: expression } })
  }
  if (/[a-z]/i.test(secret)) test('in another case', new RegExp(escaped(secret), 'i'))
  for (const [name, bytes] of [
    ['', Buffer.from(secret, 'utf8')],
    ['UTF-16 ', Buffer.from(secret, 'utf16le')],
  ] as const) {
    for (const text of base64Forms(bytes)) add(`${name}base64`, text)
    test(`${name}hexadecimal`, new RegExp(hexForm(bytes), 'i'))
  }
  test('UTF-16', new RegExp([...secret].map(escaped).join('\u0000')))
  if (/^[\d -]{12,}$/.test(secret)) {
    const digits = secret.replace(/\D/g, '')
    test('in groups of digits', new RegExp([...digits].join('[ .-]?')))
  }
  if (secret.length >= leastWhole) {
    for (let at = 0; at + leastPart <= secret.length; at += 1)
      add('in part', secret.slice(at, at + leastPart))
  }
  return forms
}

/** The characters that stay the same whatever stands before and behind the bytes. */
function base64Forms(bytes: Buffer): string[] {
  const texts = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const whole = (shift + bytes.length) % 3 === 0
    return text.slice(shift === 0 ? 0 : shift + 1, whole ? undefined : -1)
  })
  return texts.flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')])
}

/** Bytes may stand apart, as in `de ad`, `de:ad` and `0xde, 0xad`. */
function hexForm(bytes: Buffer): string {
  return [...bytes]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('(?:[ :-]|, ?)?(?:0x|\\\\x)?')
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

/** A text as it is, and as its readers may decode it, a few times over. */
function decodings(text: string): Map<string, string> {
  const found = new Map([['', text]])
  const seen = new Set([text])
  let last: [string, string][] = [['', text]]
  for (let round = 0; round < 3; round += 1) {
    const next: [string, string][] = []
    for (const [how, from] of last) {
      for (const [name, decode] of decoders) {
        const decoded = decode(from)
        if (seen.has(decoded)) continue
        seen.add(decoded)
        const named = how === '' ? name : `${how}, ${name}`
        found.set(named, decoded)
        next.push([named, decoded])
      }
    }
    last = next
  }
  return found
}

const decoders: readonly (readonly [name: string, decode: (text: string) => string])[] = [
  ['escaped', unescapeJson],
  ['percent-encoded', decodePercents],
  ['escaped for HTML', unescapeHtml],
]

const shortEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
}

function unescapeJson(text: string): string {
  return text.replace(
    /\\(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2})|(.))/gis,
    (_all, point, four, two, one) => {
      if (one !== undefined) return shortEscapes[one] ?? one
      const code = Number.parseInt(point ?? four ?? two, 16)
      return code > 0x10ffff ? '' : String.fromCodePoint(code)
    },
  )
}

/** Byte by byte: a text need not be encoded as a whole, nor rightly. */
function decodePercents(text: string): string {
  return text
    .replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString())
    .replace(/(?:=[0-9A-F]{2})+/g, (run) => Buffer.from(run.replaceAll('=', ''), 'hex').toString())
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

function unescapeHtml(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi,
    (all, hex, decimal, name) => {
      if (name !== undefined) return entities[name.toLowerCase()] ?? all
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return code > 0x10ffff ? all : String.fromCodePoint(code)
    },
  )
}
