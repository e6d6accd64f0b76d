import { sharedState } from './shared.js'

/** Decides whether a new trace is sampled; its children inherit the answer. */
export type RootSampler = (traceId: string, spanName: string) => boolean

const state = sharedState<{ root: RootSampler | undefined }>('sampler.1', () => ({
  root: undefined,
}))

/** The sampled flag of a log-only trace's root. A sampler that throws counts as `true`. */
export function sampleRoot(traceId: string, spanName: string): boolean {
  if (state.root === undefined) return true
  try {
    return state.root(traceId, spanName)
  } catch {
    return true
  }
}

/**
 * Sets, for the process, what decides the sampled flag of log-only traces, so that a `traceparent` sent on says what the
 * settings say.
 *
 * @param sampler - `undefined` samples every trace, as at the start.
 */
export function setRootSampler(sampler: RootSampler | undefined): void {
  state.root = sampler
}

/**
 * The sampler that OpenTelemetry JS calls `TraceIdRatioBased`: same trace id, same answer.
 *
 * @param ratio - Share of traces, 0 to 1; out of range is brought into it, what is no number is 0.
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk/#traceidratiobased
 */
export function ratioSampler(ratio: number): RootSampler {
  if (ratio >= 1) return () => true
  if (!(ratio > 0)) return () => false
  const bound = Math.floor(ratio * 0xffffffff)
  return (traceId) => foldTraceId(traceId) < bound
}

function foldTraceId(traceId: string): number {
  let folded = 0
  for (let at = 0; at < 32; at += 8) folded ^= Number.parseInt(traceId.slice(at, at + 8), 16)
  return folded >>> 0
}
