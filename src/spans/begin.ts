import { readTrace, spanIn } from '../context/active.js'
import { createTraceId } from '../context/ids.js'
import { isUnder } from '../context/lineage.js'
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
import type { Lineage } from '../context/types.js'
import { warnOnce } from '../diagnostics.js'
import { AdoptedSpan } from './adopted-span.js'
import { eachAttribute } from './attributes.js'
import { type BaseSpan, isOwnSpan } from './base-span.js'
import { errorType } from './errors.js'
import { type GivenOptions, noOptions, readOptions, spanKinds } from './given-options.js'
import { SpanJournal, type SpanRecorder } from './journal.js'
import { LogOnlySpan } from './log-only-span.js'
import { exportedAttributes, exportedLink, NativeSpan, type OtelSpan } from './native-span.js'
import { exportedName } from './redaction.js'
import { exportedTime } from './times.js'
import type { SpanContext, SpanLink, SpanOptions, TraceState } from './types.js'
import { textOf } from './values.js'

type Parent = Pick<ContextSpan, 'spanContext' | 'restartedFrom'>

const sampled = 1
const noSpanId = '0'.repeat(16)

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
  if (options === undefined) return begin(text, noOptions, recorder, scope, context)
  try {
    return begin(text, readOptions(options, recorder), recorder, scope, context)
  } catch (error) {
    // What answered when it was checked and throws now.
    recorder?.sink.fault?.()
    warnOnce(
      'spans:options',
      `The options of a span could not be read (${errorType(error)}); the span goes without.`,
    )
    return begin(text, noOptions, recorder, scope, context)
  }
}

function begin(
  name: string,
  asked: GivenOptions,
  recorder: SpanRecorder | undefined,
  scope: Scope | undefined,
  context: OtelContext | undefined,
): BaseSpan {
  const bound = leading(recorder?.bound, scope)
  const parent: Parent | undefined =
    asked.root === true ? undefined : (asked.parent ?? bound ?? spanIn(scope, context))
  const given = parent?.restartedFrom === undefined ? asked : linked(asked, parent.restartedFrom)
  const journal = recorder && createJournal(recorder, name, given)
  const span =
    adopt(name, given, parent, journal) ??
    beginNativeSpan(name, given, parent, journal, context) ??
    beginLogOnlySpan(name, parent, journal)
  // A span of OpenTelemetry in between does not tell its own: it was begun in our scope.
  if (parent !== undefined) span.lineage = lineageOf(asked.parent ?? bound ?? scope?.span)
  if (journal !== undefined) span.recordStart()
  if (given.signal !== undefined) span.endOn(given.signal)
  return span
}

/** The span that the logger is bound to, unless its scope has a span that was begun under it. */
function leading(
  bound: ContextSpan | undefined,
  scope: Scope | undefined,
): ContextSpan | undefined {
  return bound === undefined || isUnder(scope?.span, bound) ? undefined : bound
}

function lineageOf(parent: object | undefined): Lineage | undefined {
  return parent !== undefined && isOwnSpan(parent) ? (parent as ContextSpan).lineage : undefined
}

/** What OpenTelemetry knows a span of ours as. */
export function otelSpanOf<T extends object>(span: T): T {
  return (span as { native?: T }).native ?? span
}

/** A trace that was restarted stays tied to the one that it was not allowed to continue. */
function linked(options: GivenOptions, from: SpanIdentity): GivenOptions {
  const links: readonly SpanLink[] = options.links ?? []
  return { ...options, links: [...links, { context: from }] }
}

function adopt(
  name: string,
  options: GivenOptions,
  parent: Parent | undefined,
  journal: SpanJournal | undefined,
): AdoptedSpan | undefined {
  const native = options.adopted
  if (native === undefined) return undefined
  // A span that is not recorded does not tell its parent.
  const told = options.parent === undefined ? undefined : parent?.spanContext().spanId
  const span = new AdoptedSpan(native, readTrace(native)?.parentSpanId ?? told, journal)
  span.updateName(name)
  if (options.attributes !== undefined) span.setAttributes(options.attributes)
  return span
}

function createJournal(recorder: SpanRecorder, name: string, options: GivenOptions): SpanJournal {
  const journal = new SpanJournal(recorder, name, options.kind ?? 'internal', options.startTime)
  eachAttribute(options.attributes, (key, value) => journal.setAttribute(key, value))
  if (options.links !== undefined) for (const link of options.links) journal.addLink(link)
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
  options: GivenOptions,
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

function nativeOptions(options: GivenOptions): object | undefined {
  if (options === noOptions) return undefined
  const { kind, attributes, links, startTime, root } = options
  const native: Record<string, unknown> = {}
  if (kind !== undefined) native['kind'] = spanKinds[kind]
  if (attributes !== undefined) native['attributes'] = exportedAttributes(attributes)
  if (links !== undefined) native['links'] = links.flatMap((link) => exportedLink(link) ?? [])
  if (startTime !== undefined) native['startTime'] = exportedTime(startTime)
  if (root !== undefined) native['root'] = root
  return native
}

function stateOf(parent: Parent | undefined): TraceState | undefined {
  return (parent?.spanContext() as SpanContext | undefined)?.traceState
}
