import { sharedState } from './shared.js'

/** Tracing as far as the end of a process needs it. */
export interface EndingTracing {
  flush?(timeoutMs?: number): Promise<void>
  shutdown(timeoutMs?: number): Promise<void>
}

export interface RunningTracing<T extends EndingTracing = EndingTracing> {
  running: Promise<T> | undefined
  /** The shutdown of the instance before. */
  closing: Promise<void> | undefined
}

/** The tracing of this process, whichever copy of the library started it. */
export function runningTracing<T extends EndingTracing>(): RunningTracing<T> {
  return sharedState<RunningTracing<T>>('tracing.1', () => ({
    running: undefined,
    closing: undefined,
  }))
}

/** Resolves when every span that has ended by now is exported or lost, or after `timeoutMs`; at once where nothing is traced. */
export async function flushTracing(timeoutMs: number): Promise<void> {
  try {
    const tracing = await runningTracing().running
    await tracing?.flush?.(timeoutMs)
  } catch {
    // Tracing says itself what it lost.
  }
}
