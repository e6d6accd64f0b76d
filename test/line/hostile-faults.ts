import { createSecurityLogger } from '../../src/index.js'
import type { HostileInput, Route } from './hostile.js'
import { broken, type LineFormat, rawDestination } from './invariants.js'

/** Sends a value by a route; says which promises its line breaks. */
export function faultsOf(
  input: HostileInput,
  route: Route,
  format: LineFormat,
  keeps: boolean,
): string[] {
  const destination = rawDestination()
  const log = createSecurityLogger({ format, service: 'probe-service' }, destination)
  const value = input.make()
  try {
    route.send(log, value)
  } catch (error) {
    return [`${route.name}: throws ${String(error)}`]
  }
  const { mustContain = [], mustNotContain = [] } = input
  const expected = { probe: route.probe, mustNotContain, mustContain: keeps ? mustContain : [] }
  return broken(destination.chunks, format, expected).map(
    (fault) => `${input.name} by ${route.name}: ${fault}: ${destination.chunks[0]?.slice(0, 400)}`,
  )
}
