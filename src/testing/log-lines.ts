/** One parsed log line. */
export type LogRecord = Readonly<Record<string, unknown>>

export interface ParsedLines {
  readonly records: readonly LogRecord[]
  /** Lines that are not one JSON object each, as they were. Blank lines are not among them. */
  readonly broken: readonly string[]
}

/** Reads text of one JSON object per line. A broken line is kept aside, never thrown. */
export function parseLogLines(text: string): ParsedLines {
  const records: LogRecord[] = []
  const broken: string[] = []
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const record = parseLogLine(line)
    if (record === undefined) broken.push(line)
    else records.push(record)
  }
  return { records, broken }
}

/** Reads one line; `undefined` when it is not a JSON object. */
export function parseLogLine(line: string): LogRecord | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Whether a value is an object with named fields: not `null`, not an array. */
export function isRecord(value: unknown): value is LogRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const ownedNames: ReadonlySet<string> = new Set(
  [
    'level time service pid hostname logger thread_id msg',
    'trace_id span_id trace_flags event.kind span err',
  ].flatMap((names) => names.split(' ')),
)

/** Whether the logger itself writes a field of that name at the top of a `json` line. */
export function isOwnedName(name: string): boolean {
  return ownedNames.has(name)
}
