import type { Command, OptionSpec, OptionSpecs } from './command.js'
import type { CommandEntry } from './commands.js'
import { commonOptions } from './common-options.js'

const columns = 80

/** What `seclog --help` shows. */
export function generalHelp(commands: Readonly<Record<string, CommandEntry>>): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length)) + 2
  return [
    'Usage: seclog COMMAND [options] [arguments]',
    '',
    'Reads, shows and checks the log lines of services; see what each command does with',
    'seclog COMMAND --help.',
    '',
    'Commands:',
    ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`),
    '',
    'Options:',
    ...optionLines({ ...commonOptions, version: { type: 'boolean', about: 'show the version' } }),
  ].join('\n')
}

/** What `seclog NAME --help` shows. */
export function commandHelp(name: string, command: Command): string {
  const { usage, about, options, notes = [], examples = [] } = command
  return [
    ...usage.map((line, at) =>
      `${at === 0 ? 'Usage:' : '      '} seclog ${name} ${line}`.trimEnd(),
    ),
    '',
    ...wrap(about, ''),
    '',
    'Options:',
    ...optionLines({ ...options, ...commonOptions }),
    ...notes.flatMap((note) => ['', ...wrap(note, '')]),
    ...(examples.length === 0 ? [] : ['', 'Examples:']),
    ...examples.flatMap(([line, what]) => [`  ${line}`, `      ${what}`]),
  ].join('\n')
}

function optionLines(options: OptionSpecs): string[] {
  const names = Object.entries(options).map(
    ([name, spec]) => [nameOf(name, spec), spec.about] as const,
  )
  const width = Math.max(...names.map(([name]) => name.length)) + 4
  return names.flatMap(([name, about]) => {
    const [first = '', ...others] = wrap(about, ' '.repeat(width))
    return [`  ${name}`.padEnd(width) + first.trimStart(), ...others]
  })
}

function nameOf(name: string, { short, value }: OptionSpec): string {
  const shortName = short === undefined ? '' : `-${short}, `
  return `${shortName}--${name}${value === undefined ? '' : ` ${value}`}`
}

function wrap(text: string, indent: string): string[] {
  const lines: string[] = []
  let line = indent
  for (const word of text.split(' ')) {
    const longer = line === indent ? line + word : `${line} ${word}`
    if (longer.length > columns && line !== indent) {
      lines.push(line)
      line = indent + word
    } else line = longer
  }
  return [...lines, line]
}
