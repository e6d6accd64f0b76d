import { Buffer } from 'node:buffer'
import type { SpooledLine } from './spool-reader.js'

const stamped = Buffer.from('{"@timestamp":"')
const lineFeed = Buffer.from('\n')
const opening = 0x7b
const closing = 0x7d
const feed = 0x0a

/**
 * The document of a line: the line itself, if it begins as one in ECS does. Others get the `@timestamp` that a data stream asks for
 * from their `time`.
 *
 * @returns `undefined` for what is no JSON object in one line.
 */
export function documentOf(line: Buffer): Buffer | undefined {
  if (line[0] !== opening || line.at(-1) !== closing || line.includes(feed)) return undefined
  if (line.subarray(0, stamped.length).equals(stamped)) return line
  try {
    const text = line.toString('utf8')
    const record = JSON.parse(text) as Record<string, unknown>
    if ('@timestamp' in record) return line
    const stamp = `"@timestamp":${JSON.stringify(timeOf(record['time']))}`
    return Buffer.from(`{${stamp}${Object.keys(record).length === 0 ? '' : ','}${text.slice(1)}`)
  } catch {
    return undefined
  }
}

function timeOf(time: unknown): string {
  const date = typeof time === 'number' || typeof time === 'string' ? new Date(time) : new Date()
  return (Number.isNaN(date.getTime()) ? new Date() : date).toISOString()
}

/**
 * A request to make documents: `create`, which a data stream asks for and which never replaces one.
 *
 * @see https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk
 */
export function bulkBody(lines: readonly (SpooledLine & { readonly document: Buffer })[]): Buffer {
  const parts: Buffer[] = []
  for (const { id, document } of lines) {
    parts.push(Buffer.from(`{"create":{"_id":"${id}"}}\n`), document, lineFeed)
  }
  return Buffer.concat(parts)
}
