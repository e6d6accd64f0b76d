import { readEnvironment } from '../config/environment.js'
import { SeclogError } from '../errors.js'
import type { Spans } from './spans.js'

/** The secrets that this process knows by value; one for all copies of the package. */
interface Registry {
  /** How many literal forms are known; 0 costs nothing. */
  size: number
  /** Forms by a hash of their first three characters. */
  readonly buckets: Map<number, Form[]>
  /** Which hashes occur. */
  readonly hashes: Uint8Array
  readonly values: Set<string>
}

interface Form {
  readonly text: string
  readonly rule: string
  /** Characters before and behind it that hold some bits of the secret and some of what stands beside it. */
  readonly before: number
  readonly behind: number
}

/** Characters of base64 and base64url. */
const base64 = /[A-Za-z0-9+/_-]/

const registryKey = Symbol.for('seclog.redaction.secrets')

function registryOf(): Registry {
  const holder = globalThis as { [registryKey]?: Registry }
  holder[registryKey] ??= {
    size: 0,
    buckets: new Map(),
    hashes: new Uint8Array(0x10000),
    values: new Set(),
  }
  return holder[registryKey]
}

const registry = registryOf()

/** Whether any secret is registered. */
export function hasSecrets(): boolean {
  return registry.size > 0
}

/** How many literal forms are known; what was decided about a text under another number is out of date. */
export function knownForms(): number {
  return registry.size
}

/**
 * Masks a known secret wherever it occurs in a text: as it is, in base64 and base64url at every alignment, URL-encoded, in
 * hexadecimal, and escaped as JSON does (to ASCII too).
 *
 * @param name - Counted as `secret:<name>`; never the value.
 * @throws SeclogError `SECLOG_SECRET_WEAK` for a value of less than 8 characters, of few different ones, or that is a common word.
 */
export function registerSecret(value: string, options: { readonly name: string }): void {
  if (typeof value !== 'string' || typeof options?.name !== 'string' || options.name === '')
    throw new SeclogError('SECLOG_OPTION_INVALID', 'registerSecret takes a text and { name }.')
  const weakness = weaknessOf(value)
  if (weakness !== undefined)
    throw new SeclogError(
      'SECLOG_SECRET_WEAK',
      `The secret ${options.name} is not masked: ${weakness}.`,
    )
  if (registry.values.has(value)) return
  registry.values.add(value)
  for (const [text, [before, behind]] of formsOf(value)) {
    const hash = hashAt(text, 0)
    const bucket = registry.buckets.get(hash)
    const form = { text, rule: `secret:${options.name}`, before, behind }
    if (bucket === undefined) registry.buckets.set(hash, [form])
    else {
      bucket.push(form)
      bucket.sort((a, b) => b.text.length - a.text.length)
    }
    registry.hashes[hash] = 1
    registry.size++
  }
}

/** What {@link registerSecretsFromEnv} did, by the names of the variables. */
export interface RegisteredVariables {
  readonly registered: readonly string[]
  /** Too short or too common to be masked. */
  readonly refused: readonly string[]
}

/**
 * Registers the values of all environment variables whose names match.
 *
 * @param pattern - An expression, or the exact names. @defaultValue names that end in SECRET, TOKEN, PASSWORD, PASSWD, PASS, API_KEY, PRIVATE_KEY, CREDENTIALS
 * @param environment - @defaultValue the environment of the process
 */
export function registerSecretsFromEnv(
  pattern: RegExp | readonly string[] = secretVariables,
  environment: Readonly<Record<string, string | undefined>> = readEnvironment(),
): RegisteredVariables {
  const registered: string[] = []
  const refused: string[] = []
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || value === '' || !matches(pattern, name)) continue
    try {
      registerSecret(value, { name })
      registered.push(name)
    } catch {
      refused.push(name)
    }
  }
  return { registered, refused }
}

const secretVariables =
  /(?:SECRET|TOKEN|PASSWORD|PASSWD|PASS|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?)$/i

function matches(pattern: RegExp | readonly string[], name: string): boolean {
  if (!(pattern instanceof RegExp)) return pattern.includes(name)
  pattern.lastIndex = 0
  return pattern.test(name)
}

/** Forgets every registered secret: for tests. */
export function forgetSecrets(): void {
  registry.size = 0
  registry.buckets.clear()
  registry.hashes.fill(0)
  registry.values.clear()
}

/** Marks every form of every registered secret in a text. */
export function findRegistered(text: string, spans: Spans): void {
  const last = text.length - shortestForm
  for (let i = 0; i <= last; i++) {
    const hash = hashAt(text, i)
    if (registry.hashes[hash] === 0) continue
    for (const form of registry.buckets.get(hash) ?? []) {
      if (text.startsWith(form.text, i)) {
        i = maskForm(text, i, form, spans) - 1
        break
      }
    }
  }
}

/** Marks a form with the characters at its edges that hold bits of the secret, and the padding behind. */
function maskForm(text: string, at: number, form: Form, spans: Spans): number {
  let start = at
  let end = at + form.text.length
  if (form.before > 0 && base64.test(text.charAt(start - 1))) start--
  if (form.behind > 0 && base64.test(text.charAt(end))) end++
  return spans.add(start, end, form.rule)
}

const shortestForm = 8

type Edges = readonly [before: number, behind: number]
const noEdges: Edges = [0, 0]

function hashAt(text: string, at: number): number {
  return (
    (text.charCodeAt(at) * 961 + text.charCodeAt(at + 1) * 31 + text.charCodeAt(at + 2) * 7) &
    0xffff
  )
}

/** Every spelling of a secret that is looked for. */
function formsOf(value: string): Map<string, Edges> {
  const bytes = Buffer.from(value, 'utf8')
  const forms = new Map<string, Edges>()
  for (const skipped of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(skipped), bytes]).toString('base64')
    const bits = (skipped + bytes.length) * 8
    // The characters that depend on the secret alone, whatever bytes stand before and behind it.
    const inner = encoded.slice(Math.ceil((skipped * 8) / 6), Math.floor(bits / 6))
    const edges: Edges = [skipped, bits % 6]
    forms.set(inner, edges)
    forms.set(inner.replaceAll('+', '-').replaceAll('/', '_'), edges)
  }
  const hex = bytes.toString('hex')
  const plain = encodeURIComponent(bytes.toString('utf8'))
  const percent = plain.replace(/[!'()*]/g, percentCode)
  const json = JSON.stringify(value).slice(1, -1)
  const spellings = [
    hex,
    hex.toUpperCase(),
    ...[percent, plain]
      .flatMap((form) => [form, form.replaceAll('%20', '+')])
      .flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]),
    json,
    JSON.stringify(json).slice(1, -1),
    json.replaceAll('/', '\\/'),
    ...asciiForms(json),
    value,
  ]
  for (const spelling of spellings) forms.set(spelling, noEdges)
  for (const form of forms.keys()) if (form.length < shortestForm) forms.delete(form)
  return forms
}

function percentCode(c: string): string {
  return `%${c.charCodeAt(0).toString(16).toUpperCase()}`
}

/** As writers of JSON do that keep to ASCII: `\\u00e9`, in lower-case and upper-case hexadecimal, escaped once more too. */
function asciiForms(json: string): readonly string[] {
  const codes = (upper: boolean): string =>
    json.replace(/[^\x20-\x7e]/g, (c) => {
      const hex = c.charCodeAt(0).toString(16).padStart(4, '0')
      return `\\u${upper ? hex.toUpperCase() : hex}`
    })
  return [codes(false), codes(true)].flatMap((form) => [form, JSON.stringify(form).slice(1, -1)])
}

function weaknessOf(value: string): string | undefined {
  if (value.length < shortestForm) return 'it has less than 8 characters'
  if (value.length > 65_536) return 'it has more than 65,536 characters'
  if (new Set(value).size < 5) return 'it has less than 5 different characters'
  if (/^[a-z]{1,11}$/i.test(value)) return 'it is a word'
  if (/^\d{1,9}$/.test(value)) return 'it is a short number'
  if (commonSecrets.test(value)) return 'it is a common value'
  return undefined
}

const commonSecrets =
  /^(?:pass(?:word|w0rd|phrase)?[-_.!@#\d]{0,6}|changeme[-_.!@#\d]{0,6}|change[-_]me[-_.!\d]{0,6}|letmein[-_.!\d]{0,6}|welcome[-_.!\d]{0,6}|admin(?:istrator)?[-_.!@\d]{0,6}|qwerty\w{0,8}|abc123\w{0,6}|secret[-_.!\d]{0,8}|default[-_.!\d]{0,6}|0?123456789?0?|localhost(?::\d{1,5})?|127\.0\.0\.1(?::\d{1,5})?|(?:prod|develop|test|stag)\w{0,6}[-_.\d]{0,6}|true|false|null|undefined|https?:\/\/.{0,64}|\/[a-z/._-]{0,64}|\d{4}-\d\d-\d\d)$/i
