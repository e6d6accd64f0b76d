import { bigintDigits } from '../redaction/limits.js'
import type { SafeWriter } from '../redaction/serialize.js'

const mostPlaceholders = 200
const mostDigits = 400
const bigintBound = 10n ** BigInt(bigintDigits)

/** A message made of a format string and what it left over. */
export interface FormattedMessage {
  readonly text: string
  /** Arguments that no placeholder took. */
  readonly rest: readonly unknown[]
}

/**
 * pino's placeholders (`%s %d %i %f %j %o %O %%`), for any argument whatever. Other placeholders stay as they are. The result
 * is not redacted yet: a secret may show only once it stands beside its name.
 */
export function formatMessage(
  template: string,
  args: readonly unknown[],
  writer: SafeWriter,
): FormattedMessage {
  const room = writer.limits.stringLength * 2
  let text = ''
  let from = 0
  let used = 0
  let placeholders = 0
  for (let at = template.indexOf('%'); at !== -1; at = template.indexOf('%', at)) {
    const kind = template[at + 1]
    if (kind === undefined || ++placeholders > mostPlaceholders || text.length > room) break
    if (kind === '%') {
      text += template.slice(from, at + 1)
    } else if (used < args.length && kinds.has(kind)) {
      text += template.slice(from, at) + placed(kind, args[used++], writer)
    } else {
      at += 2
      continue
    }
    at += 2
    from = at
  }
  return { text: text + template.slice(from), rest: used < args.length ? args.slice(used) : [] }
}

const kinds = new Set(['s', 'd', 'i', 'f', 'j', 'o', 'O'])

function placed(kind: string, value: unknown, writer: SafeWriter): string {
  switch (kind) {
    case 's':
      return typeof value === 'string' ? bounded(value, writer) : printed(value, writer)
    case 'd':
    case 'f':
      return numeric(value, (number) => number)
    case 'i':
      return numeric(value, Math.floor)
    default:
      return typeof value === 'string' ? `'${bounded(value, writer)}'` : printed(value, writer)
  }
}

/** No more of an argument than can come to stand in the message, so that the rest of the message is not lost with it. */
function bounded(text: string, writer: SafeWriter): string {
  const most = writer.limits.stringLength * 2
  return text.length > most ? `${text.slice(0, most)}[Truncated: ${text.length} characters]` : text
}

function numeric(value: unknown, round: (value: number) => number): string {
  if (typeof value === 'bigint') return digitsOf(value)
  if (typeof value === 'string' && value.length > mostDigits) return 'NaN'
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
    ? String(round(Number(value)))
    : 'NaN'
}

/** Making the digits of a huge integer takes the engine seconds. */
function digitsOf(value: bigint): string {
  const isHuge = value >= bigintBound || value <= -bigintBound
  return isHuge ? '[BigInt]' : value.toString()
}

/** Any value as message text. */
export function printed(value: unknown, writer: SafeWriter): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'symbol':
      return '[Symbol]'
    case 'function':
      return '[Function]'
    case 'bigint':
      return (writer.value(value) ?? '').replaceAll('"', '')
    default:
      return writer.value(value) ?? String(value)
  }
}
