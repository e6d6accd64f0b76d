import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node'

export interface Registered {
  finished(): readonly ReadableSpan[]
}

/** Registers a provider of the real SDK with the API's globals. */
export function registerProvider(
  options: { readonly contextManager?: boolean; readonly sampler?: Sampler } = {},
): Registered {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
    ...(options.sampler !== undefined && { sampler: options.sampler }),
  })
  if (options.contextManager !== false) {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  }
  trace.setGlobalTracerProvider(provider)
  return { finished: () => exporter.getFinishedSpans() }
}

/** Leaves the API's globals as they were before anything was registered. */
export function unregister(): void {
  trace.disable()
  context.disable()
  propagation.disable()
}
