import process from 'node:process'
import { within } from './deadline.js'
import { startTracing } from './start.js'
import type { Tracing, TracingLogger, TracingOptions } from './types.js'

/** A logger as far as the end of a program needs it. */
export interface MainLogger extends TracingLogger {
  fatal(fields: object, message: string): void
  flushed(options?: { timeoutMs?: number }): Promise<void>
}

/** Options of {@link runMain}. */
export interface RunMainOptions {
  /** Gets the error that `fn` ends with, and is flushed at the end. @defaultValue the error goes to stderr, by its name only */
  readonly log?: MainLogger
  /** Options of `startTracing`. @defaultValue the environment alone, and `log` */
  readonly tracing?: TracingOptions
  /** Longest time for spans, and then for lines, to get out, in milliseconds. @defaultValue 3000 */
  readonly timeoutMs?: number
}

/**
 * Runs a short-lived job: starts tracing, runs `fn`, then sends what is left of spans and lines, each with a deadline, and
 * sets the exit code of the process: 1 if `fn` threw or rejected, else what it was. Ends no process: what keeps it alive
 * is the job's own.
 *
 * @param fn - The job.
 * @throws SeclogError `SECLOG_OPTION_INVALID`, as a rejection, if an option of tracing has a value of the wrong type.
 * @example
 * ```ts
 * await runMain(() => log.withSpan('nightly scan', scan), { log })
 * ```
 */
export async function runMain(
  fn: (tracing: Tracing) => unknown,
  options: RunMainOptions = {},
): Promise<void> {
  const { log, timeoutMs = 3_000 } = options
  const tracing = await startTracing({ ...(log && { log }), ...options.tracing })
  try {
    await fn(tracing)
  } catch (error) {
    process.exitCode = 1
    sayError(error, log)
  }
  await tracing.shutdown(timeoutMs)
  // After tracing, which may have said something at its end.
  if (log !== undefined) await within(flush(log, timeoutMs), timeoutMs)
}

async function flush(log: MainLogger, timeoutMs: number): Promise<void> {
  await log.flushed({ timeoutMs })
}

function sayError(error: unknown, log: MainLogger | undefined): void {
  try {
    if (log !== undefined) log.fatal({ err: error }, 'The program failed')
    // Its message can hold secrets, and no redactor stands between here and stderr.
    else
      process.stderr.write(`The program failed: ${error instanceof Error ? error.name : 'error'}\n`)
  } catch {
    // A logger that fails must not keep the rest from being flushed.
  }
}
