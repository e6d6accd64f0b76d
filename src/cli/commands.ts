import type { Command } from './command.js'
import { type Completed, completionCommand } from './completion-command.js'

/** A subcommand before it is loaded: a shell that asks for help waits for nothing else. */
export interface CommandEntry {
  readonly summary: string
  load(): Promise<{ readonly command: Command }>
}

export const commands: Readonly<Record<string, CommandEntry>> = {
  trace: {
    summary: 'show traces as log lines tell them',
    load: () => import('./trace-command.js'),
  },
  view: {
    summary: 'show traces in a browser as they happen',
    load: () => import('./view-command.js'),
  },
  pretty: {
    summary: 'show log lines as text for people',
    load: () => import('./pretty-command.js'),
  },
  doctor: {
    summary: 'look at a project, and say what is wrong with its logging and tracing',
    load: () => import('./doctor-command.js'),
  },
  gaps: {
    summary: 'look for lines that are missing from a log',
    load: () => import('./gaps-command.js'),
  },
  elk: {
    summary: 'prepare Elasticsearch or OpenSearch for lines in ECS',
    load: () => import('./elk-command.js'),
  },
  verify: {
    summary: 'verify an audit log',
    load: () => import('./verify-command.js'),
  },
  completion: {
    summary: 'write what a shell needs to complete commands',
    load: async () => ({ command: completionCommand(describeAll) }),
  },
}

async function describeAll(): Promise<readonly Completed[]> {
  const names = Object.entries(commands).filter(([name]) => name !== 'completion')
  const described = await Promise.all(
    names.map(async ([name, { summary, load }]): Promise<Completed> => {
      return { name, summary, options: (await load()).command.options }
    }),
  )
  const own = { name: 'completion', summary: commands['completion']?.summary ?? '', options: {} }
  return [...described, own]
}
