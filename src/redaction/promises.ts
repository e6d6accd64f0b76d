import { types } from 'node:util'

/**
 * What a user's function gave where no promise is waited for: if it is one, its rejection is nobody's, and must not end the
 * process as an unhandled one.
 *
 * @param onRejection - Told of the rejection, to count it.
 */
export function containRejection<T>(result: T, onRejection: () => void = () => {}): T {
  if (types.isPromise(result)) Promise.prototype.then.call(result, undefined, onRejection)
  return result
}
