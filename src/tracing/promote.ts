import { activeTrace } from '../context/active.js'
import { promoteTrace } from '../context/promotion.js'

/**
 * Has the active trace kept: exported whole though the ratio left it out, its buffered lines written. Does nothing outside a span.
 *
 * @example
 * if (verdict === 'malicious') promote()
 */
export function promote(): void {
  const trace = activeTrace()
  if (trace !== undefined) promoteTrace(trace.traceId, 'asked')
}
