import { maskTracing, type TracingConfig } from '../config/tracing.js'
import type { Tracing, TracingHealth } from './types.js'

const nothing: TracingHealth = Object.freeze({
  state: 'working',
  made: 0,
  exported: 0,
  dropped: 0,
  queued: 0,
})

/** Lets `startTracing` run again, once what it is given has come to an end. */
export type Release = (closed: Promise<void>) => void

/** Tracing that exports nothing: there is nothing to flush, and a shutdown only lets `startTracing` run again. */
export function createIdle(
  mode: Exclude<Tracing['mode'], 'exporting'>,
  reason: string,
  config: TracingConfig,
  release: Release,
): Tracing {
  return Object.freeze({
    mode,
    reason,
    health: () => nothing,
    describe: () => maskTracing(config),
    flush: async () => {},
    shutdown: async () => release(Promise.resolve()),
  })
}
