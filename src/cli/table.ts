import { displayWidth } from '../testing/display-width.js'

export interface Column {
  readonly title: string
  readonly align?: 'right'
}

/** Rows in columns as wide as what is in them, two spaces apart. Cells hold no style; `paint` puts it on. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: (cell: string, column: number, row: number) => string = (cell) => cell,
): string {
  const widths = columns.map(({ title }, column) =>
    rows.reduce((width, row) => Math.max(width, displayWidth(row[column] ?? '')), title.length),
  )
  const line = (cells: readonly string[], row: number): string =>
    columns
      .map(({ align }, column) => {
        const cell = cells[column] ?? ''
        const space = ' '.repeat(Math.max((widths[column] ?? 0) - displayWidth(cell), 0))
        const painted = paint(cell, column, row)
        return align === 'right' ? space + painted : painted + space
      })
      .join('  ')
      .trimEnd()
  return [columns.map(({ title }) => title), ...rows].map((row, at) => line(row, at - 1)).join('\n')
}
