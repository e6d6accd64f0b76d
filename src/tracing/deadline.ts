/**
 * Settles with `promise`, or with `undefined` after `timeoutMs`, and never rejects. The timer keeps the process alive
 * meanwhile: nothing else of tracing does, so that a flush at the end of a program is not cut short.
 */
export async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, timeoutMs), undefined)
  })
  try {
    return await Promise.race([promise, deadline])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

/** Resolves after `ms`, or at once when `signal` fires; does not keep the process alive. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    timer.unref()
    signal.addEventListener('abort', done)
  })
}
