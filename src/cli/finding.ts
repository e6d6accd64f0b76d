/** How bad it is: `error` does not work or leaks; `warning` is probably not what is wanted; `note` is good to know. */
export type FindingLevel = 'error' | 'warning' | 'note' | 'ok'

export const findingAreas = [
  'Packages',
  'Environment',
  'Correlation',
  'Export',
  'Elasticsearch',
  'Logger',
  'Inventory',
] as const

/** One thing that the doctor found. */
export interface Finding {
  /** Stable, for programs. */
  readonly code: string
  readonly level: FindingLevel
  readonly area: (typeof findingAreas)[number]
  /** A full sentence; nothing secret is in it. */
  readonly message: string
  /** What to do. */
  readonly fix?: string
}

type Maker = (code: string, message: string, fix?: string) => Finding

/** Makers of findings of one area. */
export function findingsOf(area: Finding['area']): Readonly<Record<FindingLevel, Maker>> {
  const of =
    (level: FindingLevel): Maker =>
    (code, message, fix) => ({ code, level, area, message, ...(fix !== undefined && { fix }) })
  return { error: of('error'), warning: of('warning'), note: of('note'), ok: of('ok') }
}
