import { warnOnce } from '../diagnostics.js'
import { adoptedOf } from './adopted-span.js'
import type { SpanRecorder } from './journal.js'
import type { OtelSpan } from './native-span.js'
import type { SpanKind, SpanOptions } from './types.js'

/** OpenTelemetry's numbers of the kinds. */
export const spanKinds: Readonly<Record<SpanKind, number>> = {
  internal: 0,
  server: 1,
  client: 2,
  producer: 3,
  consumer: 4,
}

/** Options as they were given, each read once, and none that is not what it should be. */
export type GivenOptions = {
  readonly [Name in keyof SpanOptions]-?: SpanOptions[Name] | undefined
} & {
  /** The span that is to be used in place of a new one. */
  readonly adopted: OtelSpan | undefined
}

export const noOptions: GivenOptions = Object.freeze({
  kind: undefined,
  attributes: undefined,
  links: undefined,
  startTime: undefined,
  root: undefined,
  parent: undefined,
  signal: undefined,
  adopted: undefined,
})

/** What can be used of options: a bad one is said, counted and left out, and does not stop the work. */
export function readOptions(
  options: SpanOptions | null | undefined,
  recorder: SpanRecorder | undefined,
): GivenOptions {
  if (options === undefined || options === null) return noOptions
  try {
    const { kind, attributes, links, startTime, root, parent, signal } = options
    const adopted = adoptedOf(options)
    const given = { kind, attributes, links, startTime, root, parent, signal, adopted }
    if (typeof options === 'object' && isSound(given)) return given
  } catch {
    // A getter that throws, say: the others may be read.
  }
  return readOneByOne(options, recorder)
}

type Check = (value: NonNullable<unknown>) => boolean

const isObject: Check = (value) => typeof value === 'object'

const checks: Readonly<Record<keyof SpanOptions, Check>> = {
  kind: (kind) => typeof kind === 'string' && Object.hasOwn(spanKinds, kind),
  attributes: isObject,
  links: Array.isArray,
  startTime: (time) => typeof time === 'number' || time instanceof Date || Array.isArray(time),
  root: (root) => typeof root === 'boolean',
  parent: (parent) => typeof (parent as { spanContext?: unknown }).spanContext === 'function',
  signal: (signal) => {
    const { aborted, addEventListener, removeEventListener } = signal as Partial<AbortSignal>
    return (
      typeof aborted === 'boolean' &&
      typeof addEventListener === 'function' &&
      typeof removeEventListener === 'function'
    )
  },
}

/** As {@link checks} say, by name: every span with options passes here. */
function isSound(given: GivenOptions): boolean {
  const { kind, attributes, links, startTime, root, parent, signal } = given
  return (
    (kind === undefined || checks.kind(kind)) &&
    (attributes === undefined || (typeof attributes === 'object' && attributes !== null)) &&
    (links === undefined || Array.isArray(links)) &&
    (startTime === undefined || checks.startTime(startTime)) &&
    (root === undefined || typeof root === 'boolean') &&
    (parent === undefined || (parent !== null && checks.parent(parent))) &&
    (signal === undefined || (signal !== null && checks.signal(signal)))
  )
}

function readOneByOne(options: SpanOptions, recorder: SpanRecorder | undefined): GivenOptions {
  const given: Record<string, unknown> = { ...noOptions }
  if (typeof options !== 'object') {
    refuse('The options of a span are no object', 'options', recorder)
    return noOptions
  }
  for (const [name, check] of Object.entries(checks)) {
    try {
      const value = options[name as keyof SpanOptions]
      if (value === undefined) continue
      if (value !== null && check(value)) {
        given[name] = value
        continue
      }
    } catch {
      // Said below, as a value of the wrong type is.
    }
    refuse(`The option ${name} of a span is not of its type`, name, recorder)
  }
  return given as GivenOptions
}

function refuse(what: string, topic: string, recorder: SpanRecorder | undefined): void {
  recorder?.sink.fault?.()
  warnOnce(`spans:option:${topic}`, `${what}; the span goes without.`)
}
