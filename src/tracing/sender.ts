import { types } from 'node:util'
import type { SpanExporter } from './types.js'

/** What became of one batch. The two numbers sum up to its size. */
export interface SendResult {
  readonly exported: number
  readonly dropped: number
  /** Why something was dropped. */
  readonly error?: string
}

/** Where a queue sends its batches. */
export interface Sender {
  /** Where to, as it may be shown. */
  readonly target: string
  /**
   * Sends one batch. Never rejects.
   *
   * @param signal - Fires when nobody waits for the batch any more.
   */
  send(spans: readonly unknown[], signal: AbortSignal): Promise<SendResult>
  /** The process ends soon: no more long waits for another try. */
  hurry(): void
  /** Gives up whatever is held open. */
  close(): Promise<void>
}

/** An exporter of OpenTelemetry's shape as a sender; an export without an answer is given up after `timeoutMs`. */
export function createExporterSender(exporter: SpanExporter, timeoutMs: number): Sender {
  const name = exporter.constructor?.name
  return {
    target: name === undefined || name === 'Object' ? 'the exporter' : name,
    send: (spans) => exportBatch(exporter, spans, timeoutMs),
    hurry() {},
    async close() {
      await exporter.shutdown()
    },
  }
}

function exportBatch(
  exporter: SpanExporter,
  spans: readonly unknown[],
  timeoutMs: number,
): Promise<SendResult> {
  return new Promise((resolve) => {
    const fail = (error: string): void => {
      clearTimeout(timer)
      resolve({ exported: 0, dropped: spans.length, error })
    }
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs).unref()
    try {
      const returned: unknown = exporter.export(spans, ({ code, error }) => {
        if (code !== 0) return fail(error === undefined ? 'the exporter failed' : errorText(error))
        clearTimeout(timer)
        resolve({ exported: spans.length, dropped: 0 })
      })
      // Nothing is to be returned, but a function that is async returns what would end the process.
      if (types.isPromise(returned)) returned.then(undefined, (error) => fail(errorText(error)))
    } catch (error) {
      fail(errorText(error))
    }
  })
}

/** The message of whatever was thrown, on one line of at most 300 characters. */
export function errorText(error: unknown): string {
  let text: string
  try {
    text = error instanceof Error ? error.message || error.name : String(error)
  } catch {
    text = 'unknown error'
  }
  return text.replaceAll(/\s+/g, ' ').slice(0, 300)
}
