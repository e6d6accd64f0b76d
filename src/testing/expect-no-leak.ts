import { AssertionError } from 'node:assert'
import { inspect } from 'node:util'
import { findLeak, type Leak } from './leaks.js'
import { isRecord } from './log-lines.js'
import { printable } from './printable.js'

/** Secrets to look for: values by names, or values alone. */
export type Secrets = readonly string[] | Readonly<Record<string, string>>

/** Leaks that are told of one failure. */
const mostTold = 20
const shortest = 4

/**
 * Fails when a secret stands anywhere in what was written, in any encoding: plain, another case, base64, hexadecimal,
 * percent-encoded, escaped, in groups of digits, in part, and these in each other.
 *
 * The failure names each place and how the secret stands there, and not the secret.
 *
 * @param records - Parsed lines, lines, or any other texts, bytes and values: of a memory destination, a file, a collector.
 * @param secrets - At least 4 characters each.
 * @throws AssertionError
 * @example
 * expectNoLeak(destination.lines, { password: 'hunter2' })
 */
export function expectNoLeak(records: Iterable<unknown> | string, secrets: Secrets): void {
  const named = namesOf(secrets)
  const told: string[] = []
  let count = 0
  let at = 0
  for (const record of typeof records === 'string' ? [records] : records) {
    at += 1
    for (const [path, text] of textsOf(record)) {
      for (const [name, value] of named) {
        const leak = findLeak(text, value, name)
        if (leak === undefined) continue
        count += 1
        if (told.length < mostTold) told.push(describe(leak, at, path))
      }
    }
  }
  if (count === 0) return
  const more = count > told.length ? `\n  and ${count - told.length} more` : ''
  throw new AssertionError({
    message: `${count} ${count === 1 ? 'leak' : 'leaks'}:\n${told.join('\n')}${more}`,
    stackStartFn: expectNoLeak,
  })
}

function namesOf(secrets: Secrets): readonly (readonly [string, string])[] {
  const named = Array.isArray(secrets)
    ? secrets.map((value: string, at) => [`#${at + 1}`, value] as const)
    : Object.entries(secrets as Readonly<Record<string, string>>)
  for (const [name, value] of named) {
    if (typeof value === 'string' && value.length >= shortest) continue
    throw new TypeError(
      `The secret ${name} has less than ${shortest} characters: it would be found by chance.`,
    )
  }
  if (named.length === 0) throw new TypeError('expectNoLeak was given no secret to look for.')
  return named
}

function describe({ secret, encoding, at }: Leak, record: number, path: string): string {
  const where = path === '' ? `character ${at + 1}` : path
  return `  secret ${secret}, ${encoding}: record ${record}, ${printable(where)}`
}

/** Every text of a record with its place; keys are texts too. A text of JSON is looked at as a whole, and by its values. */
function textsOf(record: unknown): [path: string, text: string][] {
  const texts: [string, string][] = []
  const seen = new Set<unknown>()
  const open: [string, unknown][] = [['', parsed(record)]]
  if (typeof record === 'string' && open[0]?.[1] === record) return [['', record]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, value] = next
    if (typeof value === 'string') texts.push([path, value])
    else if (value instanceof Uint8Array) texts.push([path, Buffer.from(value).toString('latin1')])
    else if (Array.isArray(value) || isRecord(value)) {
      if (seen.has(value)) continue
      seen.add(value)
      const isPlain = Array.isArray(value) || isPlainObject(value)
      if (!isPlain) texts.push([path, inspect(value, { depth: 4, showHidden: true })])
      for (const [key, item] of Object.entries(value)) {
        const inner = Array.isArray(value)
          ? `${path}[${key}]`
          : path === ''
            ? key
            : `${path}.${key}`
        if (!Array.isArray(value)) texts.push([`the key ${inner}`, key])
        open.push([inner, item])
      }
    } else if (value !== null && value !== undefined) texts.push([path, String(value)])
  }
  return texts
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** A line as its record, so that a failure can name the field. */
function parsed(record: unknown): unknown {
  if (typeof record !== 'string') return record
  try {
    const value: unknown = JSON.parse(record)
    return isRecord(value) ? value : record
  } catch {
    return record
  }
}
