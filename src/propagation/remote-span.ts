import type { ContextSpan, SpanIdentity } from '../context/scope.js'
import type { RemoteTraceState } from './tracestate.js'

/** Identity of a span in another process: OpenTelemetry's `SpanContext`, structurally. */
export interface RemoteSpanContext {
  traceId: string
  spanId: string
  /** Bit 0: sampled. Bit 1: the trace id is random. */
  traceFlags: number
  isRemote: true
  traceState?: RemoteTraceState
}

/**
 * A span in another process: a parent that records nothing here. It has all methods of OpenTelemetry's spans, for whoever asks
 * OpenTelemetry for the active one; they do nothing.
 */
export class RemoteSpan implements ContextSpan {
  private readonly context: RemoteSpanContext
  /** @internal */
  declare readonly restartedFrom?: SpanIdentity

  constructor(context: RemoteSpanContext) {
    this.context = context
  }

  spanContext(): RemoteSpanContext {
    return this.context
  }

  isRecording(): boolean {
    return false
  }

  setAttribute(_key: string, _value: unknown): this {
    return this
  }

  setAttributes(_attributes: object): this {
    return this
  }

  addEvent(_name: string, _attributesOrStartTime?: unknown, _startTime?: unknown): this {
    return this
  }

  addLink(_link: object): this {
    return this
  }

  addLinks(_links: readonly object[]): this {
    return this
  }

  setStatus(_status: object): this {
    return this
  }

  updateName(_name: string): this {
    return this
  }

  recordException(_exception: unknown, _time?: unknown): void {}

  end(_endTime?: unknown): void {}
}

const noTraceId = '0'.repeat(32)
const noSpanId = '0'.repeat(16)

/** Stands where a trace is restarted: no span is active, and those begun here are roots with a link to `from`. */
export function createRestart(from: SpanIdentity): RemoteSpan {
  const span = new RemoteSpan({
    traceId: noTraceId,
    spanId: noSpanId,
    traceFlags: 0,
    isRemote: true,
  })
  return Object.defineProperty(span, 'restartedFrom', { value: from, enumerable: true })
}
