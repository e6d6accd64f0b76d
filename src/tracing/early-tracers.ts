import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { isInApi } from './skew.js'

interface ProxyProvider {
  getDelegate(): object
  setDelegate(provider: object | undefined): void
}

interface TraceApi {
  getTracerProvider(): object
}

/**
 * Finds the proxies behind tracers that the app took before there was a provider. OpenTelemetry 3.x has a CommonJS and an
 * ESM copy of its API, and each holds a proxy of its own: those of the copy that does not register would stay without a
 * provider for ever, and their spans without ids.
 *
 * @returns how to give them the provider, once it is registered, which gives how to take it back; a copy that cannot see
 * it is left alone
 */
export function findEarlyTracers(): (provider: object) => () => void {
  const found = [...loadedCopies()].map((trace) => ({ trace, proxy: trace.getTracerProvider() }))
  return (provider) => {
    const given = found.flatMap(({ trace, proxy }) =>
      trace.getTracerProvider() !== proxy && isProxy(proxy) ? [proxy] : [],
    )
    for (const proxy of given) proxy.setDelegate(provider)
    return () => {
      for (const proxy of given) {
        if (proxy.getDelegate() === provider) proxy.setDelegate(undefined)
      }
    }
  }
}

function loadedCopies(): ReadonlySet<TraceApi> {
  const { cache } = createRequire(join(process.cwd(), 'package.json'))
  const found = new Set<TraceApi>()
  for (const [file, module] of Object.entries(cache)) {
    if (!isInApi(file)) continue
    const trace: unknown = module?.exports?.trace
    if (isTraceApi(trace)) found.add(trace)
  }
  return found
}

function isTraceApi(value: unknown): value is TraceApi {
  return typeof (value as TraceApi | undefined)?.getTracerProvider === 'function'
}

function isProxy(value: object): value is ProxyProvider {
  return 'setDelegate' in value && typeof value.setDelegate === 'function'
}
