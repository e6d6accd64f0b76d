import { type Instance, stateOf } from './instance.js'

/** The fields that a call gave, of a record that has been written. */
export function callFields(
  instance: Instance,
  record: Record<string, unknown>,
): Record<string, unknown> {
  const { bindings, writer } = stateOf(instance)
  const { ownNames } = writer.settings
  return Object.fromEntries(
    Object.entries(record).filter(
      ([name]) => !ownNames.has(name) && bindings.names?.has(name) !== true,
    ),
  )
}

/** The JSON text of a line's time, which is at its start or nowhere. */
export function timeOf(line: string, timeKey: string): string {
  const start = `"${timeKey}":`
  const at = line.slice(0, 1_024).indexOf(start)
  if (at === -1) return ''
  return /^(?:"[^"]*"|-?[\d.]+)/.exec(line.slice(at + start.length, at + 1_024))?.[0] ?? ''
}
