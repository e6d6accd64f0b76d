/** The parts of a destination that tell when it is done; streams, SonicBoom and worker transports have some of them. */
export interface SettlingStream {
  write?(chunk: string, callback?: (error?: Error | null) => void): unknown
  flush?(callback?: (error?: Error) => void): void
  flushSync?(): void
  end?(callback?: () => void): void
  writableLength?: number
  closed?: boolean
  /** Of a SonicBoom: -1 until the file is open. */
  fd?: number
  /** Of a SonicBoom: a write is under way. */
  writing?: boolean
  /** Of pino's multistream. */
  streams?: readonly { readonly stream: SettlingStream }[]
  once?(event: string, listener: () => void): unknown
}

/**
 * Resolves when what was written to a stream is out, or after `timeoutMs`. Never rejects.
 *
 * The deadline is needed: a flush of a stream that fails in the middle may never call back (pino#2481).
 */
export function flushStream(stream: SettlingStream, timeoutMs: number): Promise<void> {
  if (Array.isArray(stream.streams) && typeof stream.flush !== 'function') {
    const { streams } = stream as Required<SettlingStream>
    return Promise.all(streams.map((entry) => flushStream(entry.stream, timeoutMs))).then(() => {})
  }
  return withDeadline(timeoutMs, (done) => {
    if (stream.fd === -1 && stream.once !== undefined) {
      // What waited for the file is written after it says that it is ready.
      stream.once('ready', () => queueMicrotask(() => flushFile(stream, done)))
      stream.once('close', done)
    } else if (typeof stream.flush === 'function') flushFile(stream, done)
    else if (typeof stream.flushSync === 'function') done(stream.flushSync())
    else if ((stream.writableLength ?? 0) > 0 && typeof stream.write === 'function') {
      // `drain` comes only where a write was told to wait; the callback of an empty one comes after all before it.
      stream.once?.('close', done)
      stream.write('', done)
    } else done()
  })
}

/** A SonicBoom calls back at once while a write is still under way, and then says when that is done. */
function flushFile(stream: SettlingStream, done: () => void): void {
  stream.flush?.(() => {
    if (stream.writing === true && stream.once !== undefined) stream.once('drain', done)
    else done()
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
