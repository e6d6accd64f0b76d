import process from 'node:process'
import { type EndingTracing, runningTracing } from '../context/running-tracing.js'
import { SeclogError } from '../errors.js'

/** A logger as far as the end of a process needs it. */
export interface EndingLogger {
  fatal(fields: object, message: string): void
  info(fields: object, message: string): void
  flushed(options?: { timeoutMs?: number }): Promise<void>
  close(options?: { timeoutMs?: number }): Promise<void>
}

export interface ProcessHandlerOptions {
  /** How long lines, audit records and spans have to get out, in milliseconds. @defaultValue 3000 */
  readonly timeoutMs?: number
  /** @defaultValue `['SIGTERM', 'SIGINT', 'SIGHUP']` */
  readonly signals?: readonly NodeJS.Signals[]
  /** What is shut down beside the logger. @defaultValue the tracing that `startTracing` has started */
  readonly tracing?: EndingTracing
}

/** Takes the handlers out again by `remove()` or disposal. */
export interface ProcessHandlers extends Disposable {
  remove(): void
}

const disposeKey: symbol = Symbol.dispose ?? Symbol.for('nodejs.dispose')
const defaultSignals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP']

/**
 * Writes a last record when the process is to die, gets out what is left of lines, audit records and spans, and lets it die as it would
 * have: by the same signal, with the same code.
 *
 * An exception or rejection that nobody caught is written at `fatal`, a signal at `info`. Where the application has a handler of its own
 * for the same, that one decides: the record is written, and nobody dies by our hand.
 *
 * @returns What takes the handlers out again.
 * @throws SeclogError `SECLOG_OPTION_INVALID`
 * @see https://nodejs.org/api/process.html#event-uncaughtexception
 * @example
 * installProcessHandlers(log)
 */
export function installProcessHandlers(
  log: EndingLogger,
  options: ProcessHandlerOptions = {},
): ProcessHandlers {
  const { timeoutMs = 3_000, signals = defaultSignals } = options
  if (typeof log?.fatal !== 'function' || typeof log.close !== 'function') {
    throw new SeclogError('SECLOG_OPTION_INVALID', 'installProcessHandlers needs a SecurityLogger.')
  }
  if (!(timeoutMs >= 0) || !Array.isArray(signals)) {
    throw new SeclogError(
      'SECLOG_OPTION_INVALID',
      'timeoutMs must be a number of milliseconds, and signals a list of names.',
    )
  }
  let ending: Promise<void> | undefined
  const end = (): Promise<void> => {
    ending ??= settle(log, options.tracing, timeoutMs)
    return ending
  }
  const onException = (error: unknown, origin: string): void => {
    const others = process.listenerCount('uncaughtException') > 1
    write(() => log.fatal({ err: error, origin }, 'The process dies of what nobody caught'))
    if (others) return
    void end().then(() => process.exit(1))
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    const others = process.listenerCount(signal) > 1
    const message = others ? 'The process got a signal' : 'The process was told to end'
    write(() => log.info({ signal }, message))
    if (others) return
    void end().then(() => {
      remove()
      // Nobody listens any more, so this is what it would have been.
      process.kill(process.pid, signal)
    })
  }
  // Once: what a flush waits for keeps the process alive, and its end comes anew.
  const onBeforeExit = (): void => {
    process.off('beforeExit', onBeforeExit)
    void within(log.flushed({ timeoutMs }), timeoutMs).catch(() => {})
  }
  const remove = (): void => {
    process.off('uncaughtException', onException)
    process.off('beforeExit', onBeforeExit)
    for (const signal of signals) process.off(signal, onSignal)
  }
  process.on('uncaughtException', onException)
  process.on('beforeExit', onBeforeExit)
  for (const signal of signals) process.on(signal, onSignal)
  return { remove, [disposeKey]: remove } as unknown as ProcessHandlers
}

/** Spans first: what tracing says at its end is a line. */
async function settle(
  log: EndingLogger,
  given: EndingTracing | undefined,
  timeoutMs: number,
): Promise<void> {
  const until = performance.now() + timeoutMs
  try {
    const tracing = given ?? (await runningTracing().running)
    await within(tracing?.shutdown(timeoutMs), timeoutMs)
  } catch {
    // Tracing says itself what it lost.
  }
  const left = Math.max(0, until - performance.now())
  try {
    await within(log.close({ timeoutMs: left }), left)
  } catch {
    // There is nobody left to be told.
  }
}

function within(work: Promise<void> | undefined, timeoutMs: number): Promise<void> {
  if (work === undefined) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, timeoutMs)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** A logger that fails must not keep the process from its end. */
function write(record: () => void): void {
  try {
    record()
  } catch {
    // It is counted where it failed.
  }
}
