import { SeclogError } from '../errors.js'

/**
 * @param scope - The name of the function that opens the scope.
 * @throws SeclogError `SECLOG_CALLBACK_MISSING` where there is no function to run in it.
 */
export function checkCallback(scope: string, fn: unknown): void {
  if (typeof fn === 'function') return
  throw new SeclogError(
    'SECLOG_CALLBACK_MISSING',
    `${scope} needs a function to run in its scope, as its last argument.`,
  )
}
