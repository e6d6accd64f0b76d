import { currentScope } from '../context/scope.js'
import { activeCorrelation, boundCorrelation } from './correlation.js'
import { type Instance, stateOf } from './instance.js'

/** The trace that a line of this logger would belong to now. */
export function traceIdOf(instance: Instance): string | undefined {
  const { span } = stateOf(instance)
  const scope = currentScope()
  const ids = span === undefined ? activeCorrelation(scope) : boundCorrelation(span, scope)
  return ids?.traceId
}
