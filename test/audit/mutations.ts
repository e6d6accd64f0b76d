import { type KeyObject, sign } from 'node:crypto'
import { signedPrefix } from '../../src/audit/format.js'
import type { AuditAnchor } from '../../src/audit/index.js'

/** Numbers from a seed, so that a failure can be seen again (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** What an attacker has at hand. */
export interface Material {
  /** A closed log. */
  readonly log: Buffer
  /** Another chain, under the same root key. */
  readonly other: Buffer
  readonly wrongKey: KeyObject
  readonly anchors: readonly AuditAnchor[]
}

type Mutation = (material: Material, random: (below: number) => number) => Buffer

const lf = Buffer.from('\n')

function linesOf(log: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let from = 0, end = log.indexOf(10); end !== -1; end = log.indexOf(10, from)) {
    lines.push(log.subarray(from, end))
    from = end + 1
  }
  return lines
}

const join = (lines: readonly Buffer[]) => Buffer.concat(lines.flatMap((line) => [line, lf]))

function edited(
  { log }: Material,
  random: (below: number) => number,
  edit: (text: string) => string,
): Buffer {
  const lines = linesOf(log)
  const at = random(lines.length)
  return join(lines.with(at, Buffer.from(edit(lines[at]?.toString() ?? ''))))
}

/** Each changes the log, or gives it back as it was when there was nothing to change. */
export const mutations: Readonly<Record<string, Mutation>> = {
  flip: ({ log }, random) => {
    const bytes = Buffer.from(log)
    const at = random(bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8))
    return bytes
  },
  'drop bytes': ({ log }, random) => {
    const at = random(log.length)
    return Buffer.concat([log.subarray(0, at), log.subarray(at + 1 + random(20))])
  },
  'insert bytes': ({ log }, random) => {
    const at = random(log.length + 1)
    const bytes = Buffer.from(Array.from({ length: 1 + random(20) }, () => random(256)))
    return Buffer.concat([log.subarray(0, at), bytes, log.subarray(at)])
  },
  'drop lines': ({ log }, random) => {
    const lines = linesOf(log)
    return join(lines.toSpliced(random(lines.length), 1 + random(3)))
  },
  'swap lines': ({ log }, random) => {
    const lines = linesOf(log)
    const [a, b] = [random(lines.length), random(lines.length)]
    return join(lines.with(a, lines[b] ?? lf).with(b, lines[a] ?? lf))
  },
  truncate: ({ log }, random) => log.subarray(0, random(log.length)),
  'splice another chain': ({ log, other }, random) => {
    const [lines, others] = [linesOf(log), linesOf(other)]
    const at = random(lines.length)
    return join([...lines.slice(0, at), ...others.slice(random(2) === 0 ? at : random(at + 1))])
  },
  replay: ({ log }, random) => {
    const lines = linesOf(log)
    const from = random(lines.length)
    const again = lines.slice(from, from + 1 + random(4))
    return join(lines.toSpliced(random(lines.length + 1), 0, ...again))
  },
  'sign again with another key': (material, random) => {
    const signed = linesOf(material.log).flatMap((line, at) =>
      line.includes('"sig":"') ? [at] : [],
    )
    const lines = linesOf(material.log)
    const at = signed[random(signed.length)] ?? 0
    const body = (lines[at] ?? lf).subarray(0, -96)
    const signature = sign(null, Buffer.concat([signedPrefix, body]), material.wrongKey)
    const tail = Buffer.from(`,"sig":"${signature.toString('base64url')}"}`)
    return join(lines.with(at, Buffer.concat([body, tail])))
  },
  'edit a checkpoint': (material, random) =>
    edited(
      material,
      random,
      (text) =>
        [
          () => text.replace(/"time":"2/, '"time":"3'),
          () => text.replace(/"n":\d+/, `"n":${random(9)}`),
          () => text.replace(/"why":"\w+"/, '"why":"recover"'),
          () => text.replace(/"(?:next|pk)":"./, (found) => `${found.slice(0, -1)}_`),
        ][random(4)]?.() ?? text,
    ),
  'encode again': (material, random) => {
    const at = material.log.toString()
    switch (random(5)) {
      case 0:
        return Buffer.from(at.replaceAll('\n', '\r\n'))
      case 1:
        return Buffer.from(`\ufeff${at}`)
      case 2:
        return edited(material, random, (text) => text.replace(/:/, ': '))
      case 3:
        return edited(material, random, (text) => text.replace(/"a/, '"\\u0061'))
      default:
        return edited(material, random, (text) => {
          const { audit, ...rest } = JSON.parse(text)
          return JSON.stringify({ ...rest, audit })
        })
    }
  },
}
