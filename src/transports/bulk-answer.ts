/** What became of one line. */
export type ItemOutcome =
  | { readonly kind: 'created' }
  /** The server has it from an earlier try. */
  | { readonly kind: 'known' }
  | { readonly kind: 'retry'; readonly reason: string }
  | { readonly kind: 'dead'; readonly status: number; readonly reason: string }

/** What became of a request. */
export type BulkOutcome =
  | { readonly kind: 'answered'; readonly items: readonly ItemOutcome[] }
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number }
  /** Access is denied, or nothing is there that takes lines: somebody has to do something about it. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The request as a whole is at fault: too large, or a line in it that breaks it. */
  | { readonly kind: 'divide'; readonly status: number; readonly reason: string }

const longestRetryAfterMs = 600_000

/**
 * Reads an answer to `_bulk`.
 *
 * @param sent - How many lines were sent; an answer that does not tell of each of them is none.
 */
export function readAnswer(
  status: number,
  retryAfter: string | undefined,
  body: string,
  sent: number,
): BulkOutcome {
  if (status === 200) return readItems(body, sent)
  const reason = `the server answers with ${status}${summaryOf(body)}`
  if (status === 413 || status === 400) return { kind: 'divide', status, reason }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const afterMs = retryAfterMs(retryAfter)
    return { kind: 'retry', reason, ...(afterMs !== undefined && { afterMs }) }
  }
  return { kind: 'refused', reason }
}

function readItems(body: string, sent: number): BulkOutcome {
  try {
    const { items } = JSON.parse(body) as { items?: unknown }
    if (Array.isArray(items) && items.length === sent) {
      return { kind: 'answered', items: items.map(readItem) }
    }
  } catch {
    // Cut short, or the page of a proxy.
  }
  return { kind: 'retry', reason: 'the server answers with something that is no answer to _bulk' }
}

function readItem(item: unknown): ItemOutcome {
  const { status, error } = ((item as { create?: unknown } | null)?.create ?? {}) as {
    status?: unknown
    error?: unknown
  }
  if (status === 200 || status === 201) return { kind: 'created' }
  if (status === 409) return { kind: 'known' }
  const reason = errorText(error)
  // 401 and 403 are about who sends, not about the line.
  if (
    typeof status !== 'number' ||
    status < 400 ||
    status >= 500 ||
    [401, 403, 408, 429].includes(status)
  ) {
    return {
      kind: 'retry',
      reason: `a line is answered with ${String(status)}${reason && `: ${reason}`}`,
    }
  }
  return { kind: 'dead', status, reason }
}

function errorText(error: unknown): string {
  const { type, reason, caused_by } = (error ?? {}) as Readonly<Record<string, unknown>>
  const cause = (caused_by as { reason?: unknown } | undefined)?.reason
  return [type, reason, cause]
    .filter((part) => typeof part === 'string')
    .join(': ')
    .slice(0, 1_000)
}

/** Of the server's own errors: their type, which names no value. */
function summaryOf(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: { type?: unknown } }
    return typeof error?.type === 'string' ? ` (${error.type.slice(0, 100)})` : ''
  } catch {
    return ''
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 */
function retryAfterMs(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const delay = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now()
  return Number.isFinite(delay) && delay >= 0 ? Math.min(delay, longestRetryAfterMs) : undefined
}
