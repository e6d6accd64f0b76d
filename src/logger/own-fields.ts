import { hostname } from 'node:os'
import process from 'node:process'
import { isMainThread, threadId } from 'node:worker_threads'
import type { ServiceOption } from '../config/resource.js'

/** A field that the logger writes on every line. */
export type OwnField = readonly [name: string, value: unknown]

/** The names that only the logger writes, whatever their values, in lines of json and of pino's own shape. */
export const ownNames: readonly string[] = [
  'level',
  'time',
  'pid',
  'hostname',
  'service',
  'service_version',
  'service_environment',
  'thread_id',
  'trace_id',
  'span_id',
  'trace_flags',
  'event.kind',
  'log.seq',
  'seq',
]

/**
 * The fields of every line, in their order: service, process, host, thread.
 *
 * @param base - pino's option: other fields in place of pid and hostname, or none.
 */
export function ownFields(
  service: Partial<ServiceOption>,
  base: object | null | undefined,
): OwnField[] {
  const fields: OwnField[] = [
    ['service', service.name],
    ['service_version', service.version],
    ['service_environment', service.environment],
    ...Object.entries(
      base === undefined ? { pid: process.pid, hostname: hostname() } : (base ?? {}),
    ),
    ['thread_id', isMainThread ? undefined : threadId],
  ]
  return fields.filter(([, value]) => value !== undefined)
}
