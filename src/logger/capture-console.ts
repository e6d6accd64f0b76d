import process from 'node:process'
import { SeclogError } from '../errors.js'

/** A logger as far as the console needs it. */
type ConsoleLogger = Readonly<
  Record<'trace' | 'debug' | 'info' | 'warn' | 'error', (...args: unknown[]) => void>
>

export interface CaptureConsoleOptions {
  /** Whether warnings of the process are written too. @defaultValue true */
  readonly warnings?: boolean
}

/** Gives the console back by `restore()` or disposal. */
export interface CapturedConsole extends Disposable {
  restore(): void
}

const disposeKey: symbol = Symbol.dispose ?? Symbol.for('nodejs.dispose')

/** The methods that write, and the level of what they write. */
const levels = {
  log: 'info',
  info: 'info',
  warn: 'warn',
  error: 'error',
  debug: 'debug',
  trace: 'trace',
  dir: 'debug',
} as const

type Method = keyof typeof levels

/**
 * Has what goes to `console` written by a logger, for the code that knows no other: redacted, correlated, on a line of its own.
 * Warnings of the process become records, too; Node prints them all the same.
 *
 * A text with its arguments is formatted as the logger does it; anything else stands under `args`. What the logger or its destination
 * itself writes to the console goes where it went before.
 *
 * @returns What gives the console back.
 * @throws SeclogError `SECLOG_OPTION_INVALID`
 * @example
 * captureConsole(log)
 * console.error('lookup of %s failed', name, error) // a line at `error` with the error's stack
 */
export function captureConsole(
  log: ConsoleLogger,
  { warnings = true }: CaptureConsoleOptions = {},
): CapturedConsole {
  if (typeof log?.info !== 'function' || typeof log.error !== 'function') {
    throw new SeclogError('SECLOG_OPTION_INVALID', 'captureConsole needs a logger.')
  }
  const methods = console as unknown as Record<Method, (...args: unknown[]) => void>
  const before = new Map<Method, (...args: unknown[]) => void>()
  const after = new Map<Method, (...args: unknown[]) => void>()
  let writing = false
  let isRestored = false
  /** Node prints a warning by `console.error`, right after its listeners before were told. */
  let isPrinting = false
  for (const name of Object.keys(levels) as Method[]) {
    const original = methods[name]
    const level = levels[name]
    const captured = (...args: unknown[]): void => {
      // Who has kept the method, as Node does for its warnings, must find the console behind it again.
      if (writing || isRestored || isPrinting) {
        Reflect.apply(original, console, args)
        return
      }
      writing = true
      try {
        write(log, level, name === 'dir' ? args.slice(0, 1) : args)
      } finally {
        writing = false
      }
    }
    before.set(name, original)
    after.set(name, captured)
    methods[name] = captured
  }
  const onWarning = (warning: Error): void => {
    log.warn({ err: warning }, `warning of the process: ${warning.message}`)
    isPrinting = true
    queueMicrotask(() => {
      isPrinting = false
    })
  }
  if (warnings) process.prependListener('warning', onWarning)
  const restore = (): void => {
    isRestored = true
    process.off('warning', onWarning)
    for (const [name, original] of before) {
      // Somebody else may have captured it since.
      if (methods[name] === after.get(name)) methods[name] = original
    }
  }
  return { restore, [disposeKey]: restore } as unknown as CapturedConsole
}

function write(log: ConsoleLogger, level: (typeof levels)[Method], args: unknown[]): void {
  const [first, ...rest] = args
  if (typeof first === 'string') log[level](first, ...rest)
  else if (first instanceof Error && rest.length === 0) log[level](first)
  else if (args.length > 0) log[level]({ args })
  else log[level]('')
}
