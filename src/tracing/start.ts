import process from 'node:process'
import {
  environmentAsksForExporter,
  resolveTracing,
  type TracesExporter,
  type TracingConfig,
} from '../config/tracing.js'
import { type RunningTracing, runningTracing } from '../context/running-tracing.js'
import { ratioSampler, setRootSampler } from '../context/sampler.js'
import { warnOnce } from '../diagnostics.js'
import { createRedaction } from '../redaction/engine.js'
import { setProcessRedaction } from '../redaction/process-wide.js'
import type { Redaction } from '../redaction/types.js'
import { checkOptions } from './check-options.js'
import { createExporting } from './exporting.js'
import { hasForeignProvider, registerGlobals } from './globals.js'
import { createIdle, type Release } from './idle.js'
import { enableInstrumentations, loadInstrumentations, missingAuto } from './instrumentations.js'
import { Ledger } from './ledger.js'
import { createLoad, isMissing, type Load, loadPackages, type Missing, scope } from './packages.js'
import { createOutside, createPipeline, type OwnParts } from './pipeline.js'
import type { Outside } from './queue.js'
import { isSecuritySampler } from './security-sampler.js'
import { errorText } from './sender.js'
import { findSkew } from './skew.js'
import type { SpanExporter, Tracing, TracingOptions } from './types.js'
import { createVoice, healthFields, type Voice } from './voice.js'

const shared: RunningTracing<Tracing> = runningTracing()

/**
 * Sets OpenTelemetry up from options and environment, if it is installed: a provider with resource, sampler, batches and
 * OTLP/HTTP export, the W3C propagators and an AsyncLocalStorage context manager.
 *
 * Never rejects for what is missing or down. Called again while it runs, it gives the running instance.
 *
 * @throws SeclogError, as a rejection: `SECLOG_OPTION_INVALID` if an option has a value of the wrong type,
 * `SECLOG_REDACT_INVALID` if it is `redact`.
 * @example
 * ```ts
 * const tracing = await startTracing({ service: 'scan-api', ratio: 0.1, log })
 * process.once('SIGTERM', () => tracing.shutdown())
 * ```
 */
export async function startTracing(options: TracingOptions = {}): Promise<Tracing> {
  checkOptions(options)
  return startTracingWith(options, createLoad(options.packages))
}

/** @internal The same with packages from `load`, for options that are checked. */
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
  const running: Promise<Tracing> = start(options, load, voice, (closed) => {
    if (shared.running !== running) return
    shared.running = undefined
    shared.closing = closed
  })
  shared.running = running
  // What the caller got wrong must not be all that a later call gets.
  running.catch(() => {
    if (shared.running === running) shared.running = undefined
  })
  return running
}

async function start(
  options: TracingOptions,
  load: Load,
  voice: Voice,
  release: Release,
): Promise<Tracing> {
  await shared.closing
  const { named, own } = sortExporters(options)
  const config = resolveTracing(options, named)
  const redaction = createRedaction(options.redact)
  const idle = (mode: 'log-only' | 'external' | 'disabled', reason: string): Tracing =>
    createIdle(mode, reason, config, release)
  // Spans pass these rules before the provider gets them, whoever's provider it is.
  setProcessRedaction(redaction)
  // Log-only spans are made in every mode, and their sampled flag goes out in `traceparent`.
  const { sampler } = own
  setRootSampler(ratioSampler(isSecuritySampler(sampler) ? sampler.ratio : config.sampler.ratio))
  if (config.disabled) return idle('disabled', 'OTEL_SDK_DISABLED is true.')
  if (hasForeignProvider()) {
    saySkew(voice)
    return idle('external', 'The app has a tracer provider of its own.')
  }
  if (config.exporters.length + own.exporters.length + own.spanProcessors.length === 0) {
    return idle('log-only', 'No exporter is wanted.')
  }
  try {
    const started = await startExporting({
      config,
      own,
      redaction,
      load,
      voice,
      release,
      instrumentations: options.instrumentations,
    })
    if (typeof started !== 'string') return started
    voice.say('warn', {}, `Tracing is log-only: ${started}`)
    return idle('log-only', started)
  } catch (error) {
    const reason = `OpenTelemetry could not be set up: ${errorText(error)}`
    voice.say('warn', {}, `Tracing is log-only: ${reason}`)
    return idle('log-only', reason)
  }
}

interface Plan {
  readonly config: TracingConfig
  readonly own: OwnParts
  readonly redaction: Redaction
  readonly load: Load
  readonly voice: Voice
  readonly release: Release
  readonly instrumentations: TracingOptions['instrumentations']
}

/** The running instance, or why there is none. */
async function startExporting(plan: Plan): Promise<Tracing | string> {
  const { config, own, redaction, load, voice, release } = plan
  const packages = await loadPackages(load)
  if (isMissing(packages)) return sayMissing(packages)
  const outside = createOutside(packages)
  const ledger = new Ledger(
    (reaches, target, health) => {
      const message = reaches
        ? `Tracing works again: spans reach ${target}.`
        : `Tracing is degraded: spans do not reach ${target}: ${health.lastError}. Log lines are not affected.`
      outside(() => voice.say('warn', healthFields(health), message))
    },
    createMask(config, redaction),
  )
  const pipeline = await createPipeline(packages, load, config, own, {
    ledger,
    redaction,
    outside,
  })
  if (isMissing(pipeline)) return sayMissing(pipeline)
  // The app may have registered its own while the packages were loaded.
  if (hasForeignProvider())
    return createIdle('external', 'The app has a tracer provider of its own.', config, release)
  const unregister = registerGlobals(packages, pipeline.provider, config.propagators)
  if (typeof unregister === 'string') return unregister
  outside(() => saySkew(voice))
  const stop = await startInstrumentations(plan, pipeline.provider, outside)
  return createExporting({
    config,
    pipeline,
    ledger,
    unregister() {
      stop()
      unregister()
    },
    release,
    own: own.spanProcessors,
    say: (level, fields, message) => outside(() => voice.say(level, fields, message)),
  })
}

/** Starts what the app asked for; whatever goes wrong with it does not touch the export. */
async function startInstrumentations(
  { load, voice, instrumentations }: Plan,
  provider: object,
  outside: Outside,
): Promise<() => void> {
  const warn = (message: string): void => outside(() => voice.say('warn', {}, message))
  try {
    const all = await loadInstrumentations(load, instrumentations)
    if (all === undefined) warn(missingAuto)
    return enableInstrumentations(all ?? [], provider, warn)
  } catch (error) {
    warn(`No instrumentation is started: ${errorText(error)}`)
    return () => {}
  }
}

function saySkew(voice: Voice): void {
  const skew = findSkew()
  if (skew !== undefined) voice.say('warn', {}, skew)
}

/** A receiver may say the key back with which it was asked. */
function createMask(config: TracingConfig, redaction: Redaction): (text: string) => string {
  const keys = Object.values(config.otlp.headers).filter((value) => value.length >= 4)
  return (text) => {
    let safe = text
    for (const key of keys) safe = safe.replaceAll(key, '***')
    return redaction.text(safe)
  }
}

function sortExporters(options: TracingOptions): {
  named: TracesExporter | 'own' | undefined
  own: OwnParts
} {
  const { exporter, spanProcessors = [], sampler } = options
  if (exporter === undefined || typeof exporter === 'string') {
    const asked = options.endpoint !== undefined || environmentAsksForExporter()
    const processorsOnly = spanProcessors.length > 0 && !asked
    const named = exporter ?? (processorsOnly ? 'own' : undefined)
    return { named, own: { exporters: [], spanProcessors, sampler } }
  }
  const exporters: readonly SpanExporter[] = Array.isArray(exporter)
    ? exporter
    : [exporter as SpanExporter]
  return { named: 'own', own: { exporters, spanProcessors, sampler } }
}

/** Names what to install: where nothing is there, a whole set of the generation that this Node can run. */
function sayMissing({ missing }: Missing): string {
  const nothing = missing.includes(`${scope}api`) && missing.includes(`${scope}sdk-trace`)
  if (nothing) return `OpenTelemetry is not installed; to export spans: npm install ${wholeSet()}`
  const verb = missing.length === 1 ? 'is' : 'are'
  return `${missing.join(', ')} ${verb} not installed; to export spans: npm install ${missing.join(' ')}`
}

/** The packages of one generation that spans are exported with, as `npm install` takes them: those that this Node can run. */
export function wholeSet(): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const names =
    major > 22 || (major === 22 && minor >= 15)
      ? ['api', 'sdk-trace', 'context-async-hooks', 'exporter-trace-otlp-proto']
      : ['api@1.9', 'sdk-trace-node@2', 'exporter-trace-otlp-proto@0.223']
  return names.map((name) => scope + name).join(' ')
}
