/** What ends a command: a sentence for the person at the terminal, and the status of the process. */
export class CliError extends Error {
  readonly exitCode: number

  /** @param message - What is wrong, and what to do about it: full sentences. */
  constructor(message: string, exitCode: number = exitCodes.usage) {
    super(message)
    this.name = 'CliError'
    this.exitCode = exitCode
  }
}

export const exitCodes = {
  ok: 0,
  /** Done, and it found what it was to find: problems, or nothing where something was asked for. */
  found: 1,
  /** It could not be done: a wrong option, an unreadable file. */
  usage: 2,
} as const
