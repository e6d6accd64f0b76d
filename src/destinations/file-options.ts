import { resolve } from 'node:path'
import { type Duration, parseDuration } from '../config/duration.js'
import { SeclogError } from '../errors.js'
import { type OutputOptions, resolveOutput } from './output-options.js'
import type { QueueSettings } from './queued-file.js'
import type { RotationSettings } from './rotation.js'

/** How lines are kept in a file, and what happens while the disk does not take them: see {@link OutputOptions}. */
export interface FileDestinationOptions extends OutputOptions {
  /** Of the file. Folders that are missing are made. */
  readonly path: string
  /** Who may read and write it. @defaultValue 0o600 */
  readonly mode?: number
  /** When it gets another name, and another file begins. Without it, it grows. */
  readonly rotate?: {
    /** Bytes, at least 1,024. A line is never divided. */
    readonly size?: number
    /** Such as `1d`, which begins at midnight UTC. */
    readonly every?: Duration
    /** How many full files stay, beside the one that is written. @defaultValue all */
    readonly keep?: number
  }
  /** Opens the file anew at SIGHUP, which is how logrotate says that it has another name; the process then does not die of it. @defaultValue true */
  readonly reopenOnSighup?: boolean
}

/** {@link FileDestinationOptions} with every default filled in. */
export interface FileSettings {
  readonly path: string
  readonly mode: number
  readonly reopenOnSighup: boolean
  readonly rotation: RotationSettings
  readonly queue: QueueSettings
}

/** @throws SeclogError `SECLOG_OPTION_INVALID` */
export function resolveFile(options: FileDestinationOptions): FileSettings {
  const { path, mode = 0o600, rotate = {}, reopenOnSighup = true } = options ?? {}
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw invalid('The option path must be the path of a file.')
  }
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o777) {
    throw invalid('The option mode must be a number such as 0o600.')
  }
  const { size = Number.POSITIVE_INFINITY, every, keep = Number.POSITIVE_INFINITY } = rotate
  if (!(size >= 1_024))
    throw invalid('The option rotate.size must be a number of bytes, at least 1024.')
  if (keep !== Number.POSITIVE_INFINITY && !(Number.isInteger(keep) && keep >= 0)) {
    throw invalid('The option rotate.keep must be a whole number.')
  }
  const period = every === undefined ? Number.POSITIVE_INFINITY : parseDuration(every)
  if (period === undefined)
    throw invalid('The option rotate.every must be a span of time, such as 1d or 6h.')
  return {
    path: resolve(path),
    mode,
    reopenOnSighup: reopenOnSighup === true,
    rotation: { size, every: period, keep },
    queue: resolveOutput(options),
  }
}

export function invalid(message: string, cause?: unknown): SeclogError {
  return new SeclogError('SECLOG_OPTION_INVALID', message, { cause })
}
