import { type Duration, parseDuration } from '../config/duration.js'
import { addTraceKeeper } from '../context/promotion.js'
import { SeclogError } from '../errors.js'
import { PromotionBuffer, type PromotionHealth } from './promotion-buffer.js'
import type { SpanProcessor, SpanSampler } from './types.js'

/** What makes a trace worth keeping that the ratio left out. */
export interface KeepOptions {
  /** A span that failed. @defaultValue true */
  readonly errors?: boolean
  /** A security event of WARN or CRITICAL. @defaultValue true */
  readonly events?: boolean
  /** A span that took at least this long. @defaultValue none */
  readonly slowerThan?: Duration
}

export interface SecuritySamplerOptions {
  /** Share of traces that are sampled from their beginning, 0 to 1. */
  readonly ratio: number
  readonly keep?: KeepOptions
  /** What may be held of traces that may still be kept. */
  readonly buffer?: {
    /** Roughly, of all spans together. @defaultValue 16777216 */
    readonly bytes?: number
    /** @defaultValue 5000 */
    readonly traces?: number
    /** @defaultValue '60s' */
    readonly age?: Duration
  }
}

/** OpenTelemetry's `SamplingResult`, of either generation. */
export interface SecuritySamplingResult {
  readonly decision: number
  readonly attributes?: Record<string, number>
  /** That of the parent. */
  readonly traceState?: never
}

/** A sampler that records all, and the buffer that it needs before every exporter. */
export interface SecuritySampler extends SpanSampler {
  readonly ratio: number
  shouldSample(context: unknown, traceId: string, ...rest: unknown[]): SecuritySamplingResult
  /**
   * Puts the buffer before a span processor, for apps that register a provider of their own; `startTracing` does it by itself.
   *
   * All processors that export must stand behind one buffer: give several to one call.
   */
  processor(...next: SpanProcessor[]): SpanProcessor
  health(): PromotionHealth
}

const notSampled = 1
const recordAndSampled = 2
const sampledFlag = 1

/**
 * A sampler that keeps what a security team needs: every span is recorded, the head of a trace is decided by ratio and parent, and a
 * trace that holds an error, a security event of WARN or CRITICAL, a slow span, or that was asked for by `promote()` is exported whole
 * all the same.
 *
 * Each exported span says with which probability its trace was kept (`sampling.probability`; 1 for what was promoted), so that
 * counts can be weighed.
 *
 * @throws SeclogError `SECLOG_OPTION_INVALID`
 * @example
 * startTracing({ sampler: securitySampler({ ratio: 0.01, keep: { slowerThan: '2s' } }) })
 */
export function securitySampler(options: SecuritySamplerOptions): SecuritySampler {
  const { ratio, keep = {}, buffer = {} } = options ?? {}
  if (typeof ratio !== 'number' || !(ratio >= 0 && ratio <= 1)) {
    throw invalid('ratio must be a number from 0 to 1.')
  }
  const { errors = true, events = true } = keep
  const slowMs =
    keep.slowerThan === undefined
      ? Number.POSITIVE_INFINITY
      : milliseconds('keep.slowerThan', keep.slowerThan)
  const held = new PromotionBuffer({
    errors,
    events,
    slowMs,
    bounds: {
      bytes: whole('buffer.bytes', buffer.bytes ?? 16_777_216),
      traces: whole('buffer.traces', buffer.traces ?? 5_000),
      ageMs: milliseconds('buffer.age', buffer.age ?? '60s'),
    },
  })
  const bound = BigInt(Math.floor(ratio * 2 ** 56))
  return {
    ratio,
    shouldSample(context, traceId) {
      const parent = parentOf(context)
      const isSampled =
        parent === undefined
          ? isWithin(traceId, bound)
          : (parent.traceFlags & sampledFlag) !== 0 || held.isPromoted(parent.traceId)
      const inherited = traceStateOf(parent)
      if (!isSampled) return { decision: notSampled, ...inherited }
      return {
        decision: recordAndSampled,
        attributes: { [probabilityKey]: held.isPromoted(traceId) ? 1 : ratio },
        ...inherited,
      }
    },
    processor(...next) {
      const processor = held.before(next)
      const remove = addTraceKeeper(held)
      return {
        ...processor,
        shutdown() {
          remove()
          return processor.shutdown()
        },
      }
    },
    health: () => held.health(),
    toString: () => `SecuritySampler{${ratio}}`,
  }
}

/** Under which name a span says with which probability its trace was kept. */
export const probabilityKey = 'sampling.probability'

interface ParentContext {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
  readonly traceState?: never
}

const spanKey = Symbol.for('OpenTelemetry Context Key SPAN')

function parentOf(context: unknown): ParentContext | undefined {
  const span = (context as { getValue?(key: symbol): unknown } | null)?.getValue?.(spanKey)
  const found = (span as { spanContext?(): ParentContext } | undefined)?.spanContext?.()
  return found !== undefined && /[^0]/.test(found.traceId) ? found : undefined
}

function traceStateOf(parent: ParentContext | undefined): { readonly traceState?: never } {
  return parent?.traceState === undefined ? {} : { traceState: parent.traceState }
}

/**
 * By the last 56 bits, as OpenTelemetry's consistent sampling takes them for random.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 */
function isWithin(traceId: string, bound: bigint): boolean {
  const random = Number.parseInt(traceId.slice(-14), 16)
  return Number.isNaN(random) ? false : BigInt(random) < bound
}

/** Whether a sampler is one of these, of whichever copy of this library. */
export function isSecuritySampler(sampler: unknown): sampler is SecuritySampler {
  const { processor, ratio } = (sampler ?? {}) as Partial<SecuritySampler>
  return typeof processor === 'function' && typeof ratio === 'number'
}

function milliseconds(name: string, given: Duration): number {
  const ms = parseDuration(given)
  if (ms === undefined) throw invalid(`${name} must be milliseconds or a number with a unit: 2s.`)
  return ms
}

function whole(name: string, given: number): number {
  if (Number.isSafeInteger(given) && given >= 1) return given
  throw invalid(`${name} must be a whole number from 1 on.`)
}

function invalid(message: string): SeclogError {
  return new SeclogError('SECLOG_OPTION_INVALID', message)
}
