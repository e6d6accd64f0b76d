import { readTrace, spanIn } from '../context/active.js'
import { createTraceId } from '../context/ids.js'
import {
  type OtelContext,
  type OtelTracer,
  type OtelTracerProvider,
  otelApi,
  otelRootContext,
  otelSpanKey,
} from '../context/otel.js'
import { sampleRoot } from '../context/sampler.js'
import type { ContextSpan, Scope, SpanIdentity } from '../context/scope.js'
import { warnOnce } from '../diagnostics.js'
import { AdoptedSpan, adoptedOf } from './adopted-span.js'
import { eachAttribute } from './attributes.js'
import type { BaseSpan } from './base-span.js'
import { errorType } from './errors.js'
import { SpanJournal, type SpanRecorder } from './journal.js'
import { LogOnlySpan } from './log-only-span.js'
import { exportedAttributes, exportedLink, NativeSpan, type OtelSpan } from './native-span.js'
import { exportedName } from './redaction.js'
import { exportedTime } from './times.js'
import type { SpanContext, SpanKind, SpanLink, SpanOptions, TraceState } from './types.js'
import { textOf } from './values.js'

type Parent = Pick<ContextSpan, 'spanContext' | 'restartedFrom'>

const none: SpanOptions = Object.freeze({})
const sampled = 1
const noSpanId = '0'.repeat(16)
const kinds: Readonly<Record<SpanKind, number>> = {
  internal: 0,
  server: 1,
  client: 2,
  producer: 3,
  consumer: 4,
}

/** Under which name spans are made with OpenTelemetry's provider: the instrumentation scope. */
export const tracerName = 'seclog'
export const tracerVersion = '0.1.0'

/**
 * Begins a span: one of OpenTelemetry's provider if there is one that makes spans, else a log-only one.
 *
 * @param recorder - Gets the records of the span; without one nothing is kept and nothing is written.
 * @param scope - The current scope.
 * @param context - The active OpenTelemetry context.
 */
export function beginSpan(
  name: string,
  options: SpanOptions | undefined,
  recorder: SpanRecorder | undefined,
  scope: Scope | undefined,
  context: OtelContext | undefined,
): BaseSpan {
  const text = textOf(name)
  const asked = options ?? none
  const parent: Parent | undefined =
    asked.root === true ? undefined : (asked.parent ?? spanIn(scope, context))
  const given = parent?.restartedFrom === undefined ? asked : linked(asked, parent.restartedFrom)
  const journal = recorder && createJournal(recorder, text, given)
  const span =
    adopt(text, given, parent, journal) ??
    beginNativeSpan(text, given, parent, journal, context) ??
    beginLogOnlySpan(text, parent, journal)
  if (given.signal !== undefined) span.endOn(given.signal)
  if (journal !== undefined) span.recordStart()
  return span
}

/** What OpenTelemetry knows a span of ours as. */
export function otelSpanOf<T extends object>(span: T): T {
  return (span as { native?: T }).native ?? span
}

/** A trace that was restarted stays tied to the one that it was not allowed to continue. */
function linked(options: SpanOptions, from: SpanIdentity): SpanOptions {
  const links: readonly SpanLink[] = Array.isArray(options.links) ? options.links : []
  return { ...options, links: [...links, { context: from }] }
}

function adopt(
  name: string,
  options: SpanOptions,
  parent: Parent | undefined,
  journal: SpanJournal | undefined,
): AdoptedSpan | undefined {
  const native = adoptedOf(options)
  if (native === undefined) return undefined
  // A span that is not recorded does not tell its parent.
  const told = options.parent === undefined ? undefined : parent?.spanContext().spanId
  const span = new AdoptedSpan(native, readTrace(native)?.parentSpanId ?? told, journal)
  span.updateName(name)
  if (options.attributes !== undefined) span.setAttributes(options.attributes)
  return span
}

function createJournal(recorder: SpanRecorder, name: string, options: SpanOptions): SpanJournal {
  const journal = new SpanJournal(recorder, name, options.kind ?? 'internal', options.startTime)
  eachAttribute(options.attributes, (key, value) => journal.setAttribute(key, value))
  if (Array.isArray(options.links)) for (const link of options.links) journal.addLink(link)
  return journal
}

function beginLogOnlySpan(
  name: string,
  parent: Parent | undefined,
  journal: SpanJournal | undefined,
): LogOnlySpan {
  if (parent instanceof LogOnlySpan) {
    return new LogOnlySpan(parent, parent.spanId, journal, parent.traceState)
  }
  const context = parent && readTrace(parent)
  if (context !== undefined)
    return new LogOnlySpan(context, context.spanId, journal, stateOf(parent))
  const traceId = createTraceId()
  const traceFlags = sampleRoot(traceId, name) ? sampled : 0
  return new LogOnlySpan({ traceId, traceFlags }, undefined, journal)
}

/** @returns `undefined` where OpenTelemetry makes none: no provider, a proxy without one, suppressed tracing, a fault. */
function beginNativeSpan(
  name: string,
  options: SpanOptions,
  parent: Parent | undefined,
  journal: SpanJournal | undefined,
  active: OtelContext | undefined,
): NativeSpan | undefined {
  const provider = otelApi()?.trace
  if (provider === undefined) return undefined
  try {
    const context = contextWith(active ?? otelRootContext, parent)
    const span = tracerOf(provider).startSpan(exportedName(name), nativeOptions(options), context)
    const { spanId } = span.spanContext()
    const parentSpanId = parent?.spanContext().spanId
    // The API's own no-op tracer answers with the parent's ids, or with zeros.
    if (spanId === parentSpanId || spanId === noSpanId) return undefined
    const hasParent = parentSpanId !== noSpanId
    return new NativeSpan(span as OtelSpan, hasParent ? parentSpanId : undefined, journal)
  } catch (error) {
    warnOnce(
      'spans:provider',
      `OpenTelemetry's provider failed to start a span (${errorType(error)}); spans are log-only while it does.`,
    )
    return undefined
  }
}

function contextWith(context: OtelContext, parent: Parent | undefined): OtelContext {
  const span = parent && otelSpanOf(parent)
  if (context.getValue(otelSpanKey) === span) return context
  return span === undefined ? context.deleteValue(otelSpanKey) : context.setValue(otelSpanKey, span)
}

let tracerProvider: OtelTracerProvider | undefined
let tracer: OtelTracer | undefined

function tracerOf(provider: OtelTracerProvider): OtelTracer {
  if (tracer === undefined || tracerProvider !== provider) {
    tracer = provider.getTracer(tracerName, tracerVersion)
    tracerProvider = provider
  }
  return tracer
}

function nativeOptions(options: SpanOptions): object | undefined {
  if (options === none) return undefined
  const { kind, attributes, links, startTime, root } = options
  const native: Record<string, unknown> = {}
  if (kind !== undefined) native['kind'] = kinds[kind]
  if (attributes !== undefined) native['attributes'] = exportedAttributes(attributes)
  if (Array.isArray(links)) native['links'] = links.flatMap((link) => exportedLink(link) ?? [])
  if (startTime !== undefined) native['startTime'] = exportedTime(startTime)
  if (root !== undefined) native['root'] = root
  return native
}

function stateOf(parent: Parent | undefined): TraceState | undefined {
  return (parent?.spanContext() as SpanContext | undefined)?.traceState
}
