import { SeclogError } from '../errors.js'
import type { WhenFull } from './line-queue.js'
import type { QueueSettings } from './queued-file.js'

/** What happens while the reader of standard output does not keep up. */
export interface OutputOptions {
  /** UTF-16 units of the lines that may wait. @defaultValue 16777216 */
  readonly queueLength?: number
  /**
   * For which lines there is no room: the new ones, the oldest ones, or none, since calls wait for the reader. Errors and security
   * events take the place of others. @defaultValue 'drop-new'
   */
  readonly whenFull?: WhenFull
}

const policies: readonly unknown[] = ['block', 'drop-oldest', 'drop-new']

/** @throws SeclogError `SECLOG_OPTION_INVALID` */
export function resolveOutput(given: OutputOptions | undefined): QueueSettings {
  if (given !== undefined && (typeof given !== 'object' || given === null)) {
    throw invalid('The option output must be an object.')
  }
  const { queueLength = 16_777_216, whenFull = 'drop-new' } = given ?? {}
  if (!Number.isSafeInteger(queueLength) || queueLength < 0) {
    throw invalid('output.queueLength must be a whole number from 0 on.')
  }
  if (!policies.includes(whenFull)) {
    throw invalid(`output.whenFull must be one of ${policies.join(', ')}.`)
  }
  return { most: queueLength, whenFull }
}

function invalid(message: string): SeclogError {
  return new SeclogError('SECLOG_OPTION_INVALID', message)
}
