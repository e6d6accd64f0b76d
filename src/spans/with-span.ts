import { checkCallback } from '../context/callback.js'
import { activeOtelContext } from '../context/otel.js'
import { currentScope, runInSpanScope, spanScope } from '../context/scope.js'
import type { DescribeResult } from './base-span.js'
import { beginSpan, otelSpanOf } from './begin.js'
import type { SpanRecorder } from './journal.js'
import { endWith } from './results.js'
import type { Span, SpanOptions } from './types.js'

/**
 * Runs `fn` in a span that ends when its work does: when it returns or throws, when its promise settles, when its
 * generator is done. The result is passed on as it is, and so is an error.
 *
 * With a provider of OpenTelemetry the span is one of it; without, it has real W3C ids all the same. No record is written.
 *
 * @param name - Low cardinality: `scan lockfile`, not `scan package-lock.json of acme/shop`.
 * @throws What `fn` throws, and nothing else: what is wrong with options is said and left out. Without `fn`, SeclogError
 *   `SECLOG_CALLBACK_MISSING`.
 * @see https://opentelemetry.io/docs/specs/otel/trace/api/#span
 * @example
 * const report = await withSpan('scan lockfile', async (span) => {
 *   span.setAttribute('scan.packages', packages.length)
 *   return scan(packages)
 * })
 */
export function withSpan<T>(name: string, fn: (span: Span) => T): T
export function withSpan<T>(name: string, options: SpanOptions, fn: (span: Span) => T): T
export function withSpan<T>(
  name: string,
  optionsOrFn: SpanOptions | ((span: Span) => T),
  fn?: (span: Span) => T,
): T {
  return typeof optionsOrFn === 'function'
    ? runSpan(name, undefined, optionsOrFn)
    : runSpan(name, optionsOrFn, fn as (span: Span) => T)
}

/**
 * As {@link withSpan}, with records of the span's start and end if `recorder` is given.
 *
 * @param describe - Asked for attributes when the work has a result. Must not throw.
 */
export function runSpan<T>(
  name: string,
  options: SpanOptions | undefined,
  fn: (span: Span) => T,
  recorder?: SpanRecorder,
  describe?: DescribeResult,
): T {
  checkCallback('withSpan', fn)
  const outer = currentScope()
  const context = activeOtelContext()
  const span = beginSpan(name, options, recorder, outer, context)
  if (describe !== undefined) span.describe = describe
  const scope = spanScope(span, otelSpanOf(span), outer, context)
  let result: T
  try {
    result = runInSpanScope(scope, fn, span as Span)
  } catch (error) {
    span.fail(error)
    span.end()
    throw error
  }
  return endWith(result, span, scope)
}
