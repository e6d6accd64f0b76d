import { CliError, exitCodes } from './cli-error.js'
import type { Command, Invocation, OptionSpecs } from './command.js'
import { commonOptions } from './common-options.js'

/** What a shell is to know of one command. */
export interface Completed {
  readonly name: string
  readonly summary: string
  readonly options: OptionSpecs
}

const shells = ['bash', 'zsh', 'fish'] as const

/** Makes the command that writes completions: it is told of the others, since they are told of it. */
export function completionCommand(all: () => Promise<readonly Completed[]>): Command {
  return {
    usage: ['bash', 'zsh', 'fish'],
    about: 'Writes what a shell needs to complete commands, options and their values.',
    options: {},
    examples: [
      ['source <(seclog completion bash)', 'in ~/.bashrc'],
      ['source <(seclog completion zsh)', 'in ~/.zshrc, below compinit'],
      ['seclog completion fish > ~/.config/fish/completions/seclog.fish', 'once'],
    ],
    async run({ io, positionals }: Invocation): Promise<number> {
      const shell = shells.find((name) => name === positionals[0])
      if (shell === undefined)
        throw new CliError(`Say for which shell: seclog completion ${shells.join('|')}`)
      await io.out.write(`${writers[shell](await all())}\n`)
      return exitCodes.ok
    },
  }
}

const writers = { bash, zsh, fish } as const

function optionsOf({ options }: Completed): [string, OptionSpecs[string]][] {
  return Object.entries({ ...options, ...commonOptions })
}

/** Values of options that have some to choose from, as cases of a shell. */
function choiceCases(all: readonly Completed[], write: (values: string) => string): string[] {
  return all.flatMap((command) =>
    optionsOf(command).flatMap(([name, { choices }]) =>
      choices === undefined
        ? []
        : [`    ${command.name}:--${name}) ${write(choices.join(' '))} ;;`],
    ),
  )
}

function bash(all: readonly Completed[]): string {
  const names = all.map(({ name }) => name).join(' ')
  return [
    '_seclog() {',
    `  local word="$2" before="$3" command="\${COMP_WORDS[1]}"`,
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W "${names} --help --version" -- "$word"))`,
    '    return',
    '  fi',
    '  case "$command:$before" in',
    ...choiceCases(all, (values) => `COMPREPLY=($(compgen -W "${values}" -- "$word")); return`),
    '    completion:*) COMPREPLY=($(compgen -W "bash zsh fish" -- "$word")); return ;;',
    `    help:*) COMPREPLY=($(compgen -W "${names}" -- "$word")); return ;;`,
    '  esac',
    '  if [[ "$word" != -* ]]; then return; fi',
    '  case "$command" in',
    ...all.map((command) => {
      const options = optionsOf(command).map(([name]) => `--${name}`)
      return `    ${command.name}) COMPREPLY=($(compgen -W "${options.join(' ')}" -- "$word")) ;;`
    }),
    '  esac',
    '}',
    'complete -o default -o bashdefault -F _seclog seclog',
  ].join('\n')
}

function zsh(all: readonly Completed[]): string {
  const quoted = (text: string): string =>
    text.replace(/[\\[\]:']/g, (found) => (found === "'" ? "'\\''" : `\\${found}`))
  return [
    '#compdef seclog',
    '_seclog() {',
    '  local -a commands',
    '  commands=(',
    ...all.map(({ name, summary }) => `    '${name}:${quoted(summary)}'`),
    '  )',
    '  if (( CURRENT == 2 )); then _describe command commands; return; fi',
    '  case "$words[2]" in',
    ...all.flatMap((command) => [
      `    ${command.name})`,
      '      shift words; (( CURRENT-- ))',
      '      _arguments \\',
      ...optionsOf(command).map(([name, { about, value, choices, multiple }]) => {
        const many = multiple === true ? '*' : ''
        const argument =
          value === undefined
            ? ''
            : `:${value}:${choices === undefined ? '_files' : `(${choices.join(' ')})`}`
        return `        '${many}--${name}[${quoted(about)}]${argument}' \\`
      }),
      command.name === 'completion'
        ? "        '1:shell:(bash zsh fish)' ;;"
        : "        '*:file:_files' ;;",
    ]),
    '  esac',
    '}',
    'compdef _seclog seclog',
  ].join('\n')
}

function fish(all: readonly Completed[]): string {
  const quoted = (text: string): string => `'${text.replace(/[\\']/g, (found) => `\\${found}`)}'`
  return all
    .flatMap((command) => [
      `complete -c seclog -n __fish_use_subcommand -a ${command.name} -d ${quoted(command.summary)}`,
      ...optionsOf(command).map(([name, { about, value, choices }]) => {
        const takes =
          value === undefined ? '' : choices === undefined ? ' -r' : ` -x -a '${choices.join(' ')}'`
        return `complete -c seclog -n '__fish_seen_subcommand_from ${command.name}' -l ${name}${takes} -d ${quoted(about)}`
      }),
      ...(command.name === 'completion'
        ? ["complete -c seclog -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'"]
        : []),
    ])
    .join('\n')
}
