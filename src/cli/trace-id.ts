import type { LogRecord } from '../testing/log-lines.js'
import { CliError } from './cli-error.js'

const whole = /^[0-9a-f]{32}$/
const prefix = /^[0-9a-f]{4,31}$/
const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/

/**
 * The trace that an argument names: a trace id, its first four or more digits, or a `traceparent` header.
 *
 * @throws CliError
 */
export function readTraceId(argument: string): { readonly start: string; readonly whole: boolean } {
  const text = argument.trim().toLowerCase()
  const start = traceparent.exec(text)?.[1] ?? text
  if (whole.test(start)) return { start, whole: true }
  if (prefix.test(start)) return { start, whole: false }
  throw new CliError(
    `${JSON.stringify(argument)} is no trace id: that is 32 hexadecimal digits, or the first of them, four at least. Without an id, seclog trace lists the traces that there are; a file is named after the id, or with --file.`,
  )
}

/** Whether an argument can only be meant as a trace id, not as a file. */
export function looksLikeTraceId(argument: string): boolean {
  const text = argument.toLowerCase()
  return whole.test(text) || prefix.test(text) || traceparent.test(text)
}

/** The trace of a record, whatever format it is in; `undefined` when it names none. */
export function traceIdOf(record: LogRecord): string | undefined {
  const id = record['trace_id'] ?? record['trace.id']
  return typeof id === 'string' && whole.test(id) ? id : undefined
}

/** When a record was written; epoch milliseconds. */
export function timeOf(record: LogRecord): number | undefined {
  const time = record['time'] ?? record['@timestamp']
  const moment = typeof time === 'string' ? Date.parse(time) : time
  return typeof moment === 'number' && Number.isFinite(moment) ? moment : undefined
}
