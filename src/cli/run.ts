import type { Readable, Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { printable } from '../testing/printable.js'
import { CliError, exitCodes } from './cli-error.js'
import type { Command, Io, OptionSpecs, OptionValues } from './command.js'
import { commands } from './commands.js'
import { commonOptions } from './common-options.js'
import { commandHelp, generalHelp } from './help.js'
import { type Output, streamOutput } from './output.js'
import { ownVersion } from './own-version.js'

/** The streams of a process. */
export interface Streams {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Writable
  readonly stderr: Writable
}

/**
 * Runs the command that the arguments name. Never rejects: what goes wrong is said in sentences on `stderr`.
 *
 * @returns the status of the process.
 */
export async function runCli(args: readonly string[], streams: Streams): Promise<number> {
  const colour = colourChoice(args)
  const ended = new AbortController()
  const err = streamOutput(streams.stderr, colour, () => {})
  const out = streamOutput(streams.stdout, colour, () => {
    ended.abort()
    streams.stdin.destroy()
  })
  try {
    return await dispatch(args, { stdin: streams.stdin, out, err, signal: ended.signal })
  } catch (error) {
    if (ended.signal.aborted) return exitCodes.ok
    return await sayError(error, err)
  }
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const [name = '--help', ...others] = args
  if (name === '--version') {
    await io.out.write(`${ownVersion()}\n`)
    return exitCodes.ok
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    const [about] = others
    if (about !== undefined && !about.startsWith('-')) return dispatch([about, '--help'], io)
    await io.out.write(`${generalHelp(commands)}\n`)
    return args.length === 0 ? exitCodes.usage : exitCodes.ok
  }
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (entry === undefined) throw new CliError(unknownCommand(name))
  const { command } = await entry.load()
  const { options, positionals } = parse(name, command, others)
  if (options['help'] === true) {
    await io.out.write(`${commandHelp(name, command)}\n`)
    return exitCodes.ok
  }
  return command.run({ io, options, positionals })
}

function parse(
  name: string,
  { options }: Command,
  args: readonly string[],
): { options: OptionValues; positionals: readonly string[] } {
  try {
    const parsed = parseArgs({
      args: joined(args, { ...options, ...commonOptions }),
      options: parseable({ ...options, ...commonOptions }),
      allowPositionals: true,
      allowNegative: true,
    })
    return { options: parsed.values as OptionValues, positionals: parsed.positionals }
  } catch (error) {
    const [sentence = ''] = String(error instanceof Error ? error.message : error).split('. ')
    throw new CliError(`${sentence.replace(/\.$/, '')}. See: seclog ${name} --help`)
  }
}

/** A value may begin with a dash, as one key in base64url of sixty-four does: `--root-key -x7…` is `--root-key=-x7…`. */
function joined(args: readonly string[], specs: OptionSpecs): string[] {
  const all: string[] = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] as string
    if (arg === '--') return [...all, ...args.slice(index)]
    const next = args[index + 1]
    const takesValue = arg.startsWith('--') && specs[arg.slice(2)]?.type === 'string'
    if (takesValue && next !== undefined && /^-[\w-]{8,}$/.test(next) && !isOption(next, specs)) {
      all.push(`${arg}=${next}`)
      index++
    } else all.push(arg)
  }
  return all
}

function isOption(arg: string, specs: OptionSpecs): boolean {
  return arg.startsWith('--') && arg.slice(2).replace(/^no-/, '') in specs
}

function parseable(specs: OptionSpecs): Record<string, { type: 'string' | 'boolean' }> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short !== undefined && { short }), ...(multiple === true && { multiple }) },
    ]),
  )
}

/** Read before anything else, so that errors in the other arguments are in the right colours. */
function colourChoice(args: readonly string[]): boolean | undefined {
  const end = args.indexOf('--')
  const given = (end === -1 ? args : args.slice(0, end)).filter((arg) =>
    /^--(no-)?color$/.test(arg),
  )
  return given.length === 0 ? undefined : given.at(-1) === '--color'
}

function unknownCommand(name: string): string {
  const near = Object.keys(commands).find((known) => known.startsWith(name.slice(0, 2)))
  const hint = near === undefined || name === '' ? '' : ` Did you mean ${near}?`
  return `${JSON.stringify(name)} is no command of seclog.${hint} See: seclog --help`
}

async function sayError(error: unknown, err: Output): Promise<number> {
  if (error instanceof CliError) {
    await err.write(`${err.style('red', 'seclog:')} ${printableLines(error.message)}\n`)
    return error.exitCode
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  await err.write(
    `${err.style('red', 'seclog:')} Something went wrong that should not have, a defect of seclog:\n${printableLines(text)}\n`,
  )
  return exitCodes.usage
}

/** File names and arguments are in it. */
function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}
