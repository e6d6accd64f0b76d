import { sharedState } from '../context/shared.js'
import { textOf } from './values.js'

const classPattern = /^[A-Za-z_$][\w$]{0,63}$/
const codePattern = /^(?:[A-Z][A-Z_]*[A-Z\d_]{0,40}|[\dA-Z]{5})$/
const longestCode = 48
const other = '_OTHER'

/**
 * What kind of error it is, in few different words: the error's code, else the name of its class, else `_OTHER`.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/#error-type
 */
export function errorType(error: unknown): string {
  if (typeof error !== 'object' || error === null) return other
  const code = read(error, 'code')
  if (typeof code === 'string' && code.length <= longestCode && codePattern.test(code)) return code
  const name = read(error, 'name')
  const className = read(read(error, 'constructor'), 'name')
  if (isClassName(name) && name !== 'Error') return name
  if (isClassName(className) && className !== 'Object') return className
  return isClassName(name) ? name : other
}

/** The error's message, or what was thrown if it is not an object. */
export function errorMessage(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return textOf(error)
  const message = read(error, 'message')
  return typeof message === 'string' && message !== '' ? textOf(message) : undefined
}

/** The error's stack, if it has one. */
export function errorStack(error: unknown): string | undefined {
  const stack = read(error, 'stack')
  return typeof stack === 'string' ? textOf(stack) : undefined
}

type Written = WeakMap<object, string>

// By trace, because an error object that is made once and thrown for every request belongs in every request's trace. Logs
// and exports apart, because an error that an exporter has is not one that the log has.
const written: { readonly log: Written; readonly export: Written } = sharedState(
  'recorded-errors.1',
  () => ({ log: new WeakMap(), export: new WeakMap() }),
)

/** Whether something in this trace has written this very error object there. */
export function isWritten(where: keyof typeof written, error: unknown, traceId: string): boolean {
  return typeof error === 'object' && error !== null && written[where].get(error) === traceId
}

/** Whether nothing in this trace has written this very error object there yet; from now on something has. */
export function writesFirst(where: keyof typeof written, error: unknown, traceId: string): boolean {
  if (typeof error !== 'object' || error === null) return true
  if (isWritten(where, error, traceId)) return false
  written[where].set(error, traceId)
  return true
}

function isClassName(name: unknown): name is string {
  return typeof name === 'string' && classPattern.test(name)
}

function read(from: unknown, key: string): unknown {
  try {
    return (from as Record<string, unknown> | null | undefined)?.[key]
  } catch {
    return undefined
  }
}
