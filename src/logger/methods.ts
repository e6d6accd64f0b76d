import type { AuditReceipt } from '../audit/types.js'
import { withFields } from '../context/fields.js'
import { flushTracing } from '../context/running-tracing.js'
import { endStream, flushStream, type SettlingStream } from '../destinations/settle.js'
import { StandardOutput } from '../destinations/stdout.js'
import type { RecordLevel } from '../diagnostics.js'
import {
  type ChildOptions,
  createChild,
  readBindings,
  setBindings,
  setState,
  type WriterFor,
} from '../line/children.js'
import { type Instance, stateOf } from '../line/instance.js'
import { callDomainSpan, type DomainSpanName, domainSpanNames } from '../spans/domain-spans.js'
import type { SpanRecorder } from '../spans/journal.js'
import { startBoundSpan } from '../spans/start-span.js'
import type { Span, SpanOptions } from '../spans/types.js'
import { runSpan } from '../spans/with-span.js'
import type { LineBuffer } from './line-buffer.js'
import { addNamed, nameIn } from './named-loggers.js'
import { auditEvent, type EventParts, logSecurityEvent } from './security.js'
import { createSink } from './sink.js'
import type { LoggerHealth, SpanRecordOptions } from './types.js'

const defaultTimeoutMs = 3_000
const asyncDispose: symbol = Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')

/** What the methods of one logger and its children share. */
export interface LoggerParts extends EventParts {
  readonly spans: SpanRecordOptions
  /** The destination as it was given or opened: pino may have been handed another one around it. */
  readonly destination: SettlingStream
  /** Whether `close` ends the destination. */
  readonly ownsDestination: boolean
  readonly writerFor: WriterFor
  /** Levels by the name of a logger, as the environment has them. */
  readonly levelsByName: ReadonlyMap<string, string>
  /** Lines that wait for their trace to be worth it. */
  readonly buffer: LineBuffer | undefined
}

/** Puts the methods beyond pino's, and ours in place of pino's, on a logger; its children inherit them. */
export function installMethods(logger: Instance, parts: LoggerParts): void {
  const recorders = new WeakMap<Instance, SpanRecorder>()
  const recorderOf = (instance: Instance): SpanRecorder => {
    let recorder = recorders.get(instance)
    if (recorder === undefined) {
      recorder = createRecorder(instance, parts.spans)
      recorders.set(instance, recorder)
    }
    return recorder
  }
  const methods: Record<string | symbol, unknown> = {
    child(this: Instance, bindings: unknown, options?: ChildOptions): Instance {
      const child = createChild(this, bindings, options, parts.writerFor)
      const name = nameIn(bindings)
      if (name !== undefined) addNamed(child, name, parts.levelsByName)
      return child
    },
    bindings(this: Instance): object {
      return readBindings(this)
    },
    setBindings(this: Instance, bindings: unknown): void {
      setBindings(this, bindings)
    },
    withSpan(
      this: Instance,
      name: string,
      options: SpanOptions | ((span: Span) => unknown),
      fn?: (span: Span) => unknown,
    ): unknown {
      return typeof options === 'function'
        ? runSpan(name, undefined, options, recorderOf(this))
        : runSpan(name, options, fn as (span: Span) => unknown, recorderOf(this))
    },
    startSpan(this: Instance, name: string, options?: SpanOptions): Span {
      const span = startBoundSpan(name, options, recorderOf(this))
      const detached = Object.assign(span, {
        [makeLog]: () => {
          const log = boundTo(this, span, parts.writerFor)
          // Made by an `onChild` that begins spans, before the logger was bound.
          recorders.delete(log)
          return log
        },
      })
      return Object.defineProperty(detached, 'log', logProperty)
    },
    withFields,
    security(this: Instance, event: unknown, fields?: unknown, message?: unknown): void {
      // A record that the trail cannot take is counted and said by the trail itself.
      logSecurityEvent(this, parts, event, fields, message)?.catch(() => {})
    },
    audit(this: Instance, event: unknown, fields?: unknown): Promise<AuditReceipt> {
      return auditEvent(this, parts, event, fields)
    },
    health(this: Instance): LoggerHealth {
      const { counters, redaction } = stateOf(this).writer.settings
      const { byLevel: _byLevel, ...counted } = counters
      return {
        ...counted,
        events: { ...counters.events },
        redacted: { ...redaction.counts },
        ...(parts.trail !== undefined && { audit: parts.trail.health() }),
        ...(parts.destination instanceof StandardOutput && { output: parts.destination.health() }),
        ...deliveryOf(parts.destination),
        ...(parts.buffer !== undefined && { buffered: parts.buffer.health() }),
      }
    },
    async flushed(options?: { timeoutMs?: number }): Promise<void> {
      const timeoutMs = options?.timeoutMs ?? defaultTimeoutMs
      parts.flood.flush()
      await Promise.all([
        flushStream(parts.destination, timeoutMs),
        parts.trail?.settle(timeoutMs),
        flushTracing(timeoutMs),
      ])
    },
    async close(options?: { timeoutMs?: number }): Promise<void> {
      const timeoutMs = options?.timeoutMs ?? defaultTimeoutMs
      parts.flood.flush()
      await Promise.all([flushStream(parts.destination, timeoutMs), parts.trail?.close(timeoutMs)])
      parts.buffer?.close()
      if (parts.ownsDestination) await endStream(parts.destination, timeoutMs)
    },
  }
  methods[asyncDispose] = methods['close']
  for (const name of domainSpanNames) methods[name] = domainSpanMethod(name, recorderOf)
  for (const name of Reflect.ownKeys(methods)) {
    const value = methods[name as string]
    Object.defineProperty(logger, name, {
      value,
      writable: true,
      configurable: true,
      enumerable: false,
    })
  }
}

type DomainSpanArguments =
  Parameters<typeof callDomainSpan> extends [unknown, unknown, ...infer Rest] ? Rest : never

function domainSpanMethod(
  name: DomainSpanName,
  recorderOf: (instance: Instance) => SpanRecorder,
): unknown {
  return function withDomainSpan(this: Instance, ...args: DomainSpanArguments): unknown {
    return callDomainSpan(name, recorderOf(this), ...args)
  }
}

const makeLog: unique symbol = Symbol('seclog.makeLog')
const ownLog: unique symbol = Symbol('seclog.ownLog')

interface Detached {
  readonly [makeLog]: () => Instance
  [ownLog]?: Instance
}

/** `span.log`, made when it is asked for. One for all: an accessor of its own would make every span an object of another shape. */
const logProperty: PropertyDescriptor = {
  get(this: Detached): Instance {
    this[ownLog] ??= this[makeLog]()
    return this[ownLog]
  },
}

/** A child whose lines carry the ids of a span that is not ambient. */
function boundTo(logger: Instance, span: Span, writerFor: WriterFor): Instance {
  const child = createChild(logger, undefined, undefined, writerFor)
  const state = stateOf(child)
  setState(child, { ...state, span }, state.bindings)
  return child
}

function createRecorder(instance: Instance, spans: SpanRecordOptions): SpanRecorder {
  return {
    sink: createSink(instance),
    level: (spans.level ?? 'info') as RecordLevel | 'silent',
    startLevel: (spans.startLevel ?? 'silent') as RecordLevel | 'silent',
    bound: stateOf(instance).span,
  }
}

/** What a destination that ships lines says of itself. */
function deliveryOf(destination: object): { delivery?: Readonly<Record<string, unknown>> } {
  const { health } = destination as { health?: () => Readonly<Record<string, unknown>> }
  if (destination instanceof StandardOutput || typeof health !== 'function') return {}
  try {
    return { delivery: health.call(destination) }
  } catch {
    return {}
  }
}
