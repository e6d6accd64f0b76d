/** The parts of a destination that tell when it is done; streams, SonicBoom and worker transports have some of them. */
export interface SettlingStream {
  write?(chunk: string, callback?: (error?: Error | null) => void): unknown
  flush?(callback?: (error?: Error) => void): void
  flushSync?(): void
  end?(callback?: () => void): void
  writableLength?: number
  closed?: boolean
  once?(event: string, listener: () => void): unknown
}

/**
 * Resolves when what was written to a stream is out, or after `timeoutMs`. Never rejects.
 *
 * The deadline is needed: a flush of a stream that fails in the middle may never call back (pino#2481).
 */
export function flushStream(stream: SettlingStream, timeoutMs: number): Promise<void> {
  return withDeadline(timeoutMs, (done) => {
    if (typeof stream.flush === 'function') stream.flush(done)
    else if (typeof stream.flushSync === 'function') done(stream.flushSync())
    else if ((stream.writableLength ?? 0) > 0 && typeof stream.write === 'function') {
      // `drain` comes only where a write was told to wait; the callback of an empty one comes after all before it.
      stream.once?.('close', done)
      stream.write('', done)
    } else done()
  })
}

/** Ends a stream; resolves when it is closed, or after `timeoutMs`. Never rejects. */
export function endStream(stream: SettlingStream, timeoutMs: number): Promise<void> {
  return withDeadline(timeoutMs, (done) => {
    if (typeof stream.end !== 'function' || stream.closed === true) return done()
    stream.once?.('close', done)
    stream.once?.('finish', done)
    if (stream.once === undefined) stream.end(done)
    else stream.end()
  })
}

function withDeadline(
  timeoutMs: number,
  start: (done: (result?: unknown) => void) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMs)
    const done = (): void => {
      clearTimeout(timer)
      resolve()
    }
    try {
      start(done)
    } catch {
      done()
    }
  })
}
