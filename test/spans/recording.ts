import type { RecordLevel, RecordTrace } from '../../src/diagnostics.js'
import type { SpanRecorder } from '../../src/spans/journal.js'

export interface WrittenRecord {
  readonly level: RecordLevel
  readonly fields: Readonly<Record<string, unknown>>
  readonly message: string
  readonly trace: RecordTrace | undefined
}

/** A recorder whose records can be read. */
export function recording(levels: Partial<Omit<SpanRecorder, 'sink'>> = {}): {
  records: WrittenRecord[]
  recorder: SpanRecorder
} {
  const records: WrittenRecord[] = []
  const sink: SpanRecorder['sink'] = {
    write: (level, fields, message, trace) => records.push({ level, fields, message, trace }),
  }
  return { records, recorder: { sink, level: 'info', startLevel: 'silent', ...levels } }
}
