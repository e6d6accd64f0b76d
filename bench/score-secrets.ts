/** Prints recall per kind, false positives and misses on a corpus of secrets: `node build/bench/score-secrets.js [file]`. */
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { createRedaction } from '../src/redaction/engine.js'
import { verdictMasks } from '../src/redaction/keys.js'
import {
  arrayVerdicts,
  isFlatPairsKey,
  isPairName,
  isPairValue,
  jwkVerdict,
  pairVerdict,
} from '../src/redaction/structure.js'
import type { KeyVerdict, Redaction } from '../src/redaction/types.js'

interface Entry {
  readonly id: string
  readonly label: 'positive' | 'negative'
  readonly class: string
  readonly kind: string
  readonly carrier: string
  readonly as: 'message' | 'object' | 'error'
  readonly input: unknown
  readonly secret?: readonly string[]
  readonly secret2?: readonly string[]
  readonly hard?: boolean
}

const file = process.argv[2] ?? 'test/data/secrets-dev.json'
const entries = (JSON.parse(readFileSync(file, 'utf8')) as { entries: Entry[] }).entries

function fill(value: unknown, entry: Entry): unknown {
  if (typeof value === 'string') {
    return value
      .replaceAll('{{S0}}', () => (entry.secret ?? []).join(''))
      .replaceAll('{{S1}}', () => (entry.secret2 ?? []).join(''))
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, entry))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [fill(key, entry), fill(item, entry)]),
    )
  }
  return value
}

function walk(redaction: Redaction, value: unknown, key?: string): unknown {
  if (typeof value === 'string') return redaction.text(value)
  if (typeof value === 'number') {
    const rule = redaction.number(value)
    return rule === undefined ? value : redaction.censor(value, rule)
  }
  if (Array.isArray(value)) return walkArray(redaction, value, key)
  if (typeof value !== 'object' || value === null) return value
  const out: Record<string, unknown> = {}
  const source = value as Record<string, unknown>
  let pair: KeyVerdict | undefined
  for (const [name, item] of Object.entries(source)) {
    if (isPairName(name)) pair ??= pairVerdict(redaction, item)
  }
  for (const [name, item] of Object.entries(source)) {
    const verdict =
      redaction.key(name) ??
      (pair !== undefined && isPairValue(name) ? pair : undefined) ??
      (typeof source['kty'] === 'string' ? jwkVerdict(name) : undefined)
    out[redaction.text(name)] = under(redaction, verdict, item, name)
  }
  return out
}

function under(
  redaction: Redaction,
  verdict: KeyVerdict | undefined,
  item: unknown,
  key?: string,
): unknown {
  if (verdict === undefined) return walk(redaction, item, key)
  if (verdictMasks(verdict, item)) return redaction.censor(item, verdict.rule)
  if (Array.isArray(item)) return item.map((entry) => under(redaction, verdict, entry))
  return walk(redaction, item, key)
}

function walkArray(redaction: Redaction, value: readonly unknown[], key?: string): unknown {
  const verdicts = arrayVerdicts(redaction, value, key !== undefined && isFlatPairsKey(key))
  return value.map((item, i) => {
    const verdict = verdicts?.get(i)
    return verdict === undefined ? walk(redaction, item) : redaction.censor(item, verdict.rule)
  })
}

function survives(output: string, core: string): boolean {
  if (output.includes(core) || output.includes(JSON.stringify(core).slice(1, -1))) return true
  if (core.length < 8) return false
  const size = Math.max(8, Math.ceil(core.length * 0.4))
  for (let i = 0; i + size <= core.length; i++) {
    const part = core.slice(i, i + size)
    if (output.includes(part) || output.includes(JSON.stringify(part).slice(1, -1))) return true
  }
  return false
}

const full = createRedaction({ rules: { pii: true } })
const normal = createRedaction()
const tally = new Map<string, [hit: number, all: number]>()
const kinds = new Map<string, [hit: number, all: number]>()
const misses: string[] = []
const add = (map: Map<string, [number, number]>, key: string, hit: boolean): void => {
  const row = map.get(key) ?? [0, 0]
  if (hit) row[0]++
  row[1]++
  map.set(key, row)
}

for (const entry of entries) {
  const input = fill(entry.input, entry)
  if (entry.label === 'positive') {
    const pii = entry.class === 'pii' || entry.kind === 'iban'
    const output = JSON.stringify(walk(pii ? full : normal, input))
    const hit = [entry.secret, entry.secret2].every(
      (secret) => secret === undefined || !survives(output, secret[1] ?? ''),
    )
    add(tally, `${entry.class}${entry.hard === true ? ' (hard)' : ''}`, hit)
    add(kinds, entry.kind, hit)
    if (!hit)
      misses.push(
        `miss ${entry.hard === true ? '(hard) ' : ''}${entry.kind} ${entry.carrier} ${output.slice(0, 300)}`,
      )
  } else {
    const output = JSON.stringify(walk(normal, input))
    const clean = output === JSON.stringify(input)
    add(tally, 'clean negatives', clean)
    if (!clean) misses.push(`false positive ${entry.kind} ${output.slice(0, 300)}`)
    const piiOutput = JSON.stringify(walk(full, input))
    add(tally, 'clean negatives, PII rules on', piiOutput === JSON.stringify(input))
    if (process.argv.includes('--pii') && piiOutput !== JSON.stringify(input))
      misses.push(`false positive with PII ${entry.kind} ${piiOutput.slice(0, 300)}`)
  }
}

const percent = ([hit, all]: [number, number]): string => `${((100 * hit) / all).toFixed(1)} %`
for (const [kind, row] of [...kinds].sort())
  console.log(`${kind}: ${row[0]}/${row[1]} ${percent(row)}`)
console.log()
for (const line of misses) console.log(line)
console.log()
for (const [name, row] of tally) console.log(`${name}: ${row[0]}/${row[1]} ${percent(row)}`)
