/** The name of the event, if a parsed line is a security event: those have a severity, by which they are told from others. */
export function securityEventOf(record: Readonly<Record<string, unknown>>): string | undefined {
  const kind = record['event.kind']
  if (kind !== 'event' && kind !== 'alert') return undefined
  const action = record['event.action']
  return typeof record['event.severity'] === 'number' && typeof action === 'string'
    ? action
    : undefined
}
