import process from 'node:process'
import {
  environmentAsksForExporter,
  resolveTracing,
  type TracesExporter,
  type TracingConfig,
} from '../config/tracing.js'
import { ratioSampler, setRootSampler } from '../context/sampler.js'
import { sharedState } from '../context/shared.js'
import { warnOnce } from '../diagnostics.js'
import { createExporting } from './exporting.js'
import { hasForeignProvider, registerGlobals } from './globals.js'
import { createIdle } from './idle.js'
import { Ledger } from './ledger.js'
import { createLoad, isMissing, type Load, loadPackages, type Missing } from './packages.js'
import { createOutside, createPipeline, type OwnParts } from './pipeline.js'
import { errorText } from './sender.js'
import type { SpanExporter, Tracing, TracingOptions } from './types.js'
import { createVoice, healthFields, type Voice } from './voice.js'

const shared = sharedState<{ running: Promise<Tracing> | undefined }>('tracing.1', () => ({
  running: undefined,
}))

/**
 * Sets OpenTelemetry up from options and environment, if it is installed: a provider with resource, sampler, batches and
 * OTLP/HTTP export, the W3C propagators and an AsyncLocalStorage context manager.
 *
 * Never rejects for what is missing or down. Called again while it runs, it gives the running instance.
 *
 * @example
 * ```ts
 * const tracing = await startTracing({ service: 'scan-api', ratio: 0.1, log })
 * process.once('SIGTERM', () => tracing.shutdown())
 * ```
 */
export function startTracing(options: TracingOptions = {}): Promise<Tracing> {
  return startTracingWith(options, createLoad(options.packages))
}

/** @internal The same, with packages from `load`. */
export function startTracingWith(options: TracingOptions, load: Load): Promise<Tracing> {
  if (shared.running !== undefined) {
    if (Object.keys(options).length > 0) {
      const message =
        'startTracing was called again while tracing runs; the new options are unused.'
      warnOnce('tracing:again', message)
    }
    return shared.running
  }
  const voice = createVoice(options.log)
  const running: Promise<Tracing> = start(options, load, voice, () => {
    if (shared.running === running) shared.running = undefined
  })
  shared.running = running
  return running
}

async function start(
  options: TracingOptions,
  load: Load,
  voice: Voice,
  released: () => void,
): Promise<Tracing> {
  const { named, own } = sortExporters(options)
  const config = resolveTracing(options, named)
  const idle = (mode: 'log-only' | 'external' | 'disabled', reason: string): Tracing =>
    createIdle(mode, reason, config, released)
  if (config.disabled) return idle('disabled', 'OTEL_SDK_DISABLED is true.')
  if (hasForeignProvider()) return idle('external', 'The app has a tracer provider of its own.')
  setRootSampler(ratioSampler(config.sampler.ratio))
  if (config.exporters.length + own.exporters.length + own.spanProcessors.length === 0) {
    return idle('log-only', 'No exporter is wanted.')
  }
  try {
    const started = await startExporting(config, own, load, voice, released)
    if (typeof started !== 'string') return started
    voice.say('warn', {}, `Tracing is log-only: ${started}`)
    return idle('log-only', started)
  } catch (error) {
    const reason = `OpenTelemetry could not be set up: ${errorText(error)}`
    voice.say('warn', {}, `Tracing is log-only: ${reason}`)
    return idle('log-only', reason)
  }
}

/** The running instance, or why there is none. */
async function startExporting(
  config: TracingConfig,
  own: OwnParts,
  load: Load,
  voice: Voice,
  released: () => void,
): Promise<Tracing | string> {
  const packages = await loadPackages(load)
  if (isMissing(packages)) return sayMissing(packages)
  const outside = createOutside(packages)
  const ledger = new Ledger((health, target) => {
    const message =
      health.state === 'working'
        ? `Tracing works again: spans reach ${target}.`
        : `Tracing is degraded: spans do not reach ${target}: ${health.lastError}. Log lines are not affected.`
    outside(() => voice.say('warn', healthFields(health), message))
  })
  const pipeline = await createPipeline(packages, load, config, own, ledger, outside)
  if (isMissing(pipeline)) return sayMissing(pipeline)
  // The app may have registered its own while the packages were loaded.
  if (hasForeignProvider())
    return createIdle('external', 'The app has a tracer provider of its own.', config, released)
  const unregister = registerGlobals(packages, pipeline.provider, config.propagators)
  if (typeof unregister === 'string') return unregister
  return createExporting({
    config,
    pipeline,
    ledger,
    unregister,
    released,
    own: own.spanProcessors,
    say: (level, fields, message) => outside(() => voice.say(level, fields, message)),
  })
}

function sortExporters(options: TracingOptions): {
  named: TracesExporter | 'own' | undefined
  own: OwnParts
} {
  const { exporter, spanProcessors = [], sampler } = options
  if (exporter === undefined || typeof exporter === 'string') {
    const processorsOnly = spanProcessors.length > 0 && !environmentAsksForExporter()
    const named = exporter ?? (processorsOnly ? 'own' : undefined)
    return { named, own: { exporters: [], spanProcessors, sampler } }
  }
  const exporters: readonly SpanExporter[] = Array.isArray(exporter)
    ? exporter
    : [exporter as SpanExporter]
  return { named: 'own', own: { exporters, spanProcessors, sampler } }
}

/** Names what to install, in the versions of the generation that this Node can run. */
function sayMissing({ missing }: Missing): string {
  const all = missing.includes('/api ') && missing.includes('/sdk-trace ')
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const current = major > 22 || (major === 22 && minor >= 15)
  const whole = current
    ? '@opentelemetry/api @opentelemetry/sdk-trace @opentelemetry/context-async-hooks @opentelemetry/exporter-trace-otlp-proto'
    : '@opentelemetry/api@1.9 @opentelemetry/sdk-trace-node@2 @opentelemetry/exporter-trace-otlp-proto@0.223'
  const names = missing.split(' ')
  const verb = names.length === 1 ? 'is' : 'are'
  return `${names.join(', ')} ${verb} not installed; to export spans: npm install ${all ? whole : missing}`
}
