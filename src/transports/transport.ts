import { Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import pino from 'pino'
import { createRedactor } from '../redaction/redactor.js'
import { elasticsearchDestination } from './elasticsearch-destination.js'
import type { ElasticsearchOptions } from './types.js'

/**
 * The same as a transport of pino, for loggers that are not a `SecurityLogger`: `transport: { target: 'seclog/elasticsearch', options }`.
 *
 * Lines pass the redactor here, since nobody may have redacted them. A line counts as logged once pino's worker has it, which a kill of
 * the process can come before: the destination has no such gap.
 *
 * @throws SeclogError As {@link elasticsearchDestination}.
 */
export function elasticsearchTransport(options: ElasticsearchOptions): Writable {
  const destination = elasticsearchDestination(options)
  const redactor = createRedactor()
  const decoder = new StringDecoder('utf8')
  let rest = ''

  const take = (text: string): void => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') put(line)
  }
  const put = (line: string): void => {
    const { safe, level } = redactLine(line)
    try {
      destination.writeLeveled(safe, level)
    } catch {
      // Counted by the destination.
    }
  }

  /** Numbers are those of the text unless something had to be masked. */
  function redactLine(line: string): { safe: string; level: number } {
    try {
      const record = JSON.parse(line) as Record<string, unknown>
      const safe = JSON.stringify(redactor.value(record))
      const given = record['level'] ?? record['log.level']
      const level = typeof given === 'number' ? given : (pino.levels.values[String(given)] ?? 30)
      return { safe: safe === JSON.stringify(record) ? line : safe, level }
    } catch {
      return { safe: redactor.text(line), level: 30 }
    }
  }

  return new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      take(decoder.write(chunk))
      done()
    },
    final(done) {
      take(`${decoder.end()}\n`)
      destination.end(() => done())
    },
  })
}
