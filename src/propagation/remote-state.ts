import type { AmbientFields, RemoteState, Scope } from '../context/scope.js'

/** What came with the request from outside whose scope is the innermost. */
export function remoteState(scope: Scope | undefined): RemoteState | undefined {
  let at: AmbientFields | undefined = scope?.ambient
  while (at !== undefined && at.remote === undefined) at = at.outer
  return at?.remote
}
