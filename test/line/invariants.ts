import { Buffer } from 'node:buffer'
import { hostname } from 'node:os'
import process from 'node:process'
import { readSchema, schemaErrors } from '../formats/schema.js'
import { parseStrict } from '../formats/strict-json.js'

export type LineFormat = 'json' | 'ecs' | 'pretty'

const rawControls =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
const loneSurrogate = /\p{Cs}/u
const lineBytes = 65_536

/** A destination that keeps the chunks it is given, as they are. */
export function rawDestination(): { readonly chunks: string[]; write(chunk: string): void } {
  const chunks: string[] = []
  return { chunks, write: (chunk) => void chunks.push(chunk) }
}

/** What a record must hold beside being safe. */
export interface Expected {
  readonly probe?: boolean
  readonly mustContain?: readonly string[]
  readonly mustNotContain?: readonly string[]
}

/** Which of the promises on every line the chunks of one log call break; empty when all hold. */
export function broken(
  chunks: readonly string[],
  format: LineFormat,
  expected: Expected,
): string[] {
  const [chunk = ''] = chunks
  const faults = chunks.length === 1 ? [] : [`${chunks.length} lines`]
  if (!chunk.endsWith('\n')) faults.push('no line end')
  if (rawControls.test(format === 'pretty' ? chunk.replaceAll(colours, '') : chunk)) {
    faults.push('a raw control character')
  }
  if (loneSurrogate.test(chunk)) faults.push('a lone surrogate')
  for (const text of expected.mustNotContain ?? []) {
    if (chunk.includes(text)) faults.push(`the secret ${text}`)
  }
  for (const text of expected.mustContain ?? []) {
    if (!chunk.includes(text)) faults.push(`${text} is missing`)
  }
  if (format === 'pretty') return [...faults, ...brokenText(chunk, expected)]
  if (Buffer.byteLength(chunk) > lineBytes) faults.push(`${Buffer.byteLength(chunk)} bytes`)
  if (chunk.slice(0, -1).includes('\n')) faults.push('a second line')
  return [...faults, ...brokenRecord(chunk, format, expected)]
}

const colours = /\u001b\[\d+(?:;\d+)*m/g

function brokenText(chunk: string, expected: Expected): string[] {
  // What pino-pretty throws at comes out as the line that it was.
  if (chunk.startsWith('{')) return brokenRecord(chunk, 'json', expected)
  const { probe } = expected
  const faults: string[] = []
  const [first = '', ...rest] = chunk.slice(0, -1).split('\n')
  if (rest.some((line) => line !== '' && !/^\s/.test(line))) faults.push('a second record')
  if (!/(?:INFO|ERROR)/.test(first)) faults.push('no level')
  if (probe === true && !first.includes('probe')) faults.push('no message')
  return faults
}

function brokenRecord(chunk: string, format: 'json' | 'ecs', { probe }: Expected): string[] {
  let record: Readonly<Record<string, unknown>>
  try {
    record = parseStrict(chunk) as Readonly<Record<string, unknown>>
  } catch (error) {
    return [String(error)]
  }
  const names = ownNames[format]
  const faults: string[] = []
  const hold = (name: string, holds: boolean): void => {
    if (!holds) faults.push(`${name} is ${JSON.stringify(record[name])}`)
  }
  hold(names.level, record[names.level] === 'info' || record[names.level] === 'error')
  hold(names.time, isNow(record[names.time]))
  hold(names.pid, record[names.pid] === process.pid)
  hold(names.host, record[names.host] === hostname())
  hold(names.service, record[names.service] === 'probe-service')
  if (probe === true) hold(names.message, record[names.message] === 'probe')
  return [...faults, ...schemaErrors(schemas[format], record)]
}

/** Every line is held against its published schema too. */
const schemas = { json: readSchema('json'), ecs: readSchema('ecs') } as const

const ownNames = {
  json: {
    level: 'level',
    time: 'time',
    pid: 'pid',
    host: 'hostname',
    service: 'service',
    message: 'msg',
  },
  ecs: {
    level: 'log.level',
    time: '@timestamp',
    pid: 'process.pid',
    host: 'host.hostname',
    service: 'service.name',
    message: 'message',
  },
} as const

function isNow(time: unknown): boolean {
  return typeof time === 'string' && Math.abs(Date.parse(time) - Date.now()) < 3_600_000
}
