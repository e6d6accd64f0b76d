import type { Attributes as Attributes9, Link as Link9, Span as Span9 } from '@opentelemetry/api'
import { trace as trace9 } from '@opentelemetry/api'
import test from 'ava'
import { expectTypeOf } from 'expect-type'
import type { Attributes as Attributes10, Link as Link10, Span as Span10 } from 'otel-api-1.10'
import { trace as trace10 } from 'otel-api-1.10'
import type { Span, SpanAttributes, SpanContext, SpanLink } from '../../src/spans/types.js'

// The compiler does the work here: this file is compiled by every run of the tests.

test('a span of ours can be given to whatever takes a span of OpenTelemetry, of either generation', (t) => {
  expectTypeOf<Span>().toExtend<Span9>()
  expectTypeOf<Span>().toExtend<Span10>()
  t.pass()
})

test('attributes, links and contexts of OpenTelemetry can be given to our spans', (t) => {
  expectTypeOf<Attributes9>().toExtend<SpanAttributes>()
  expectTypeOf<Attributes10>().toExtend<SpanAttributes>()
  expectTypeOf<Link9>().toExtend<SpanLink>()
  expectTypeOf<Link10>().toExtend<SpanLink>()
  expectTypeOf<ReturnType<Span9['spanContext']>>().toExtend<SpanContext>()
  expectTypeOf<ReturnType<Span10['spanContext']>>().toExtend<SpanContext>()
  t.pass()
})

test('a span context of ours can be wrapped by either generation of the API', (t) => {
  const context: SpanContext = {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    traceFlags: 1,
  }
  t.deepEqual(trace9.wrapSpanContext(context).spanContext(), context)
  t.deepEqual(trace10.wrapSpanContext(context).spanContext(), context)
})
