import type { SpanConvention, WireName } from '../../src/spans/convention-types.js'
import { conventions } from '../../src/spans/conventions.js'

type Row = SpanConvention<Readonly<Record<string, unknown>>, object, string>

/** The table of domain spans as docs/spans.md shows it. */
export function conventionTable(): string {
  const rows = Object.entries(conventions as unknown as Readonly<Record<string, Row>>)
  return [
    '| function | name of the span | kind | fields and their attributes | names |',
    '|---|---|---|---|---|',
    ...rows.map(([name, row]) => `| ${cells(name, row).join(' | ')} |`),
  ].join('\n')
}

function cells(name: string, { names, kind, keys, content, source }: Row): readonly string[] {
  const fields = Object.entries<WireName | undefined>(keys).flatMap(([field, wire]) => {
    if (wire === undefined) return []
    const key = typeof wire === 'string' ? wire : wire.key
    return [`\`${field}\` \`${key}\`${content?.includes(field) === true ? ' (opt-in)' : ''}`]
  })
  const status = source.status === 'own' ? 'own' : `${source.status}, ${source.version}`
  const shown = names.map((one) => `\`${one}\``).join(', else ')
  return [`\`${name}\``, shown, kind, fields.join(', '), `${status}, ${source.date}`]
}
