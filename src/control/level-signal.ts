import { constants } from 'node:os'
import process from 'node:process'
import type { Duration } from '../config/duration.js'
import { SeclogError } from '../errors.js'
import { type LevelChange, setLoggerLevel } from './levels.js'

export interface LevelSignalOptions {
  /** @defaultValue 'SIGUSR2'; Node keeps SIGUSR1 for its inspector */
  readonly signal?: NodeJS.Signals
  /** @defaultValue 'debug' */
  readonly level?: string
  /** The loggers of this name and below it. @defaultValue all */
  readonly name?: string
  /** How long the level holds unless the signal comes again. @defaultValue '10m' */
  readonly for?: Duration
}

/** Takes the handler out again by `remove()` or disposal; the former level returns. */
export interface LevelSignal extends Disposable {
  remove(): void
}

const disposeKey: symbol = Symbol.dispose ?? Symbol.for('nodejs.dispose')

/**
 * Lets a signal change the level of this process's loggers for a while: `kill -USR2 <pid>`; the next signal brings the former level
 * back. Both are security events. Not on unless called, since whoever may signal the process may then have it write more.
 *
 * @throws SeclogError `SECLOG_OPTION_INVALID` for a signal that this platform cannot listen to
 * @example
 * controlLevelsBySignal({ for: '5m' })
 */
export function controlLevelsBySignal(options: LevelSignalOptions = {}): LevelSignal {
  const { signal = 'SIGUSR2', level = 'debug', name, for: time = '10m' } = options
  let change: LevelChange | undefined
  const onSignal = (): void => {
    const reason = `signal ${signal}`
    try {
      if (change === undefined || (change.until?.getTime() ?? 0) <= Date.now()) {
        change = setLoggerLevel(name, level, { for: time, reason })
      } else {
        change.revert(reason)
        change = undefined
      }
    } catch (error) {
      // No logger of that name or with that level, yet: a signal must not end the process.
      process.emitWarning(`${signal}: ${error instanceof Error ? error.message : 'no change'}`, {
        type: 'SeclogWarning',
        code: 'SECLOG_WARNING',
      })
    }
  }
  try {
    if (constants.signals[signal] === undefined) throw new RangeError('no such signal')
    process.on(signal, onSignal)
  } catch (error) {
    throw new SeclogError('SECLOG_OPTION_INVALID', `${signal} cannot be listened to here.`, {
      cause: error,
    })
  }
  const remove = (): void => {
    process.off(signal, onSignal)
    change?.revert('the signal is no longer listened to')
  }
  return { remove, [disposeKey]: remove } as unknown as LevelSignal
}
