import process from 'node:process'
import { maskTracing, type TracingConfig } from '../config/tracing.js'
import { within } from './deadline.js'
import type { Unregister } from './globals.js'
import type { Release } from './idle.js'
import type { Ledger } from './ledger.js'
import type { Pipeline } from './pipeline.js'
import type { SpanProcessor, Tracing } from './types.js'
import { healthFields, type Voice } from './voice.js'

interface Parts {
  readonly config: TracingConfig
  readonly pipeline: Pipeline
  readonly ledger: Ledger
  readonly unregister: Unregister
  readonly release: Release
  /** The caller's processors. */
  readonly own: readonly SpanProcessor[]
  readonly say: Voice['say']
}

const defaultTimeoutMs = 3_000
/** How long a program that ends by itself is held for what is still queued. */
const beforeExitMs = 1_000

/** Tracing that exports. */
export function createExporting(parts: Parts): Tracing {
  const { config, ledger, pipeline, own } = parts
  let closing: Promise<void> | undefined
  const flush = async (timeoutMs: number = defaultTimeoutMs): Promise<void> => {
    // Not the provider's forceFlush: its timer would keep the process alive for 30 seconds after our deadline.
    const all = [...pipeline.queues, ...own].map(async (processor) => processor.forceFlush())
    await within(Promise.allSettled(all), timeoutMs)
  }
  const beforeExit = (): void => {
    const { dropped, queued } = ledger.health
    // A turn later: a shutdown that the program has for this moment goes before, with its own deadline.
    if (dropped + queued > 0) setImmediate(() => void shutdown(beforeExitMs))
  }
  const shutdown = (timeoutMs: number = defaultTimeoutMs): Promise<void> => {
    if (closing === undefined) {
      process.off('beforeExit', beforeExit)
      closing = close(parts, timeoutMs)
      parts.release(closing)
    }
    return closing
  }
  process.on('beforeExit', beforeExit)
  return Object.freeze({
    mode: 'exporting',
    health: () => ledger.health,
    describe: () => maskTracing(config),
    flush,
    shutdown,
  })
}

async function close(parts: Parts, timeoutMs: number): Promise<void> {
  const { ledger, pipeline, own } = parts
  ledger.mute()
  try {
    // Not the provider's shutdown: it ends with the first processor that throws, before what others send is through.
    const all = [...pipeline.queues, ...own].map(async (processor) => processor.shutdown())
    await within(Promise.allSettled(all), timeoutMs)
    const given = pipeline.queues.map((queue) => queue.abandon(`given up after ${timeoutMs} ms`))
    // What is given up is counted before the next turn of the event loop; an exporter that hangs in its own shutdown is left.
    await within(Promise.allSettled(given), 0)
  } finally {
    parts.unregister()
  }
  const health = ledger.health
  if (health.dropped === 0) return
  const message = `Tracing has ended: ${health.exported} spans exported, ${health.dropped} lost: ${health.lastError}.`
  parts.say('warn', healthFields(health), message)
}
