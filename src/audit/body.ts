import { defaultLimits } from '../redaction/limits.js'
import { SafeWriter, serializeValue } from '../redaction/serialize.js'
import type { Redaction } from '../redaction/types.js'

/** Names that the log owns at the top of a record. */
const owned = ['audit', 'ckpt', 'sig', 'time', 'event'] as const
const mayBeOwned = /"(?:audit|ckpt|sig|time|event)":/

/** Makes the part of a record behind its prefix: `,"time":…,"event":…` and the fields, redacted. Nothing throws. */
export class BodyWriter {
  private readonly redaction: Redaction
  private readonly writer: SafeWriter
  private busy = false

  constructor(redaction: Redaction) {
    this.redaction = redaction
    this.writer = new SafeWriter(redaction)
  }

  body(time: string, event: unknown, fields: unknown): string {
    const name = typeof event === 'string' ? this.serialized(event) : '"[Unnamed]"'
    const start = `,"time":"${time}","event":${name}`
    if (fields === undefined || fields === null) return start
    const text = this.serialized(fields)
    if (text === '{}') return start
    if (text[0] !== '{') return `${start},"fields":${text}`
    return `${start},${(mayBeOwned.test(text) ? apart(text) : text).slice(1, -1)}`
  }

  private serialized(fields: unknown): string {
    // A getter may write a record of its own.
    if (this.busy) return serializeValue(fields, this.redaction)
    this.busy = true
    try {
      return this.writer.begin().value(fields) ?? '{}'
    } finally {
      this.busy = false
    }
  }
}

/** The text of an object, with what stands under names of the log's own put under `shadowed`. */
function apart(text: string): string {
  const members = Object.entries(JSON.parse(text) as object)
  const isOwned = ([key]: [string, unknown]): boolean => owned.some((name) => name === key)
  const shadowed = members.filter(isOwned)
  if (shadowed.length === 0) return text
  const others = members.filter((member) => !isOwned(member))
  const before = others.findIndex(([key]) => key === 'shadowed')
  if (before !== -1) shadowed.push(...others.splice(before, 1))
  const object = Object.fromEntries([...others, ['shadowed', Object.fromEntries(shadowed)]])
  return serializeValue(object, plain, { ...defaultLimits, depth: defaultLimits.depth + 1 })
}

/** The text was redacted when it was made. */
const plain: Redaction = {
  eager: false,
  text: (text) => text,
  key: () => undefined,
  number: () => undefined,
  censor: (value) => value,
  paths: undefined,
  counts: Object.freeze({}),
}
