import type { Readable } from 'node:stream'
import type { Output } from './output.js'

/** One option, as `parseArgs`, the help and the completions need it. */
export interface OptionSpec {
  readonly type: 'boolean' | 'string'
  readonly about: string
  readonly short?: string
  readonly multiple?: boolean
  /** What stands for the value in the help. */
  readonly value?: string
  /** The values there are. */
  readonly choices?: readonly string[]
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>

/** Options as they were given. */
export type OptionValues = Readonly<
  Record<string, string | boolean | readonly (string | boolean)[] | undefined>
>

/** Where a command reads and writes; its own, so that it can be run inside of another program. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly out: Output
  /** What is said beside the result: warnings, progress, errors. */
  readonly err: Output
  /** Aborted when the command is to end early: by a signal, or since nobody reads what it writes. */
  readonly signal: AbortSignal
}

/** What a command was asked to do. */
export interface Invocation {
  readonly io: Io
  readonly options: OptionValues
  readonly positionals: readonly string[]
}

/** A subcommand. */
export interface Command {
  /** What follows `seclog NAME`, one way of use each. */
  readonly usage: readonly string[]
  readonly about: string
  readonly options: OptionSpecs
  /** Paragraphs below the options. */
  readonly notes?: readonly string[]
  readonly examples?: readonly (readonly [command: string, what: string])[]
  /** @returns the status of the process. @throws CliError */
  run(invocation: Invocation): Promise<number>
}

/** The text of an option that takes one. */
export function textOption(options: OptionValues, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

/** The texts of an option that may be given more than once. */
export function textOptions(options: OptionValues, name: string): readonly string[] {
  const value = options[name]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
