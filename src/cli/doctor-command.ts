import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { printable } from '../testing/printable.js'
import { type Canaries, makeCanaries } from './canaries.js'
import { exitCodes } from './cli-error.js'
import { type Command, type Invocation, type Io, textOption } from './command.js'
import { judgeCorrelation } from './doctor-correlation.js'
import { checkElasticsearch } from './doctor-elasticsearch.js'
import { checkEnvironment, type EnvironmentReport } from './doctor-environment.js'
import { checkExport } from './doctor-export.js'
import { inventoryText, judgeInventory, makeInventory } from './doctor-inventory.js'
import { judgeLogger } from './doctor-logger.js'
import { checkPackages } from './doctor-packages.js'
import { type Project, readProject } from './doctor-project.js'
import { checkSources } from './doctor-sources.js'
import { type Finding, findingAreas, findingsOf } from './finding.js'
import type { Style } from './output.js'
import type { ProbeReport } from './probe-types.js'
import { runProbe } from './run-probe.js'
import { safeJson } from './safe-json.js'

export const command: Command = {
  usage: ['[options] [FOLDER]'],
  about:
    'Looks at a project as it is installed and set up: packages, ids on lines, the exporter, Elasticsearch, the environment, and what its own logger lets out.',
  options: {
    logger: {
      type: 'string',
      value: 'FILE',
      about: 'the module that exports the logger; or "seclog": { "logger": FILE } in package.json',
    },
    offline: { type: 'boolean', about: 'ask neither the exporter nor Elasticsearch' },
    strict: { type: 'boolean', about: 'status 1 for warnings too' },
    inventory: { type: 'boolean', about: 'only the log inventory of ASVS 16.1.1, as Markdown' },
    json: { type: 'boolean', about: 'all of it as JSON, on one line' },
  },
  notes: [
    'The logger is loaded in a process of its own, started with the flags of the script "start": what the module does when it is loaded is done. Its lines are caught; nothing is written or sent. The planted secrets are new in each run.',
    'The status is 0 when nothing is wrong, 1 for errors, 2 when there is no project to look at.',
  ],
  examples: [
    ['seclog doctor --logger dist/logger.js', 'a project with its own logger'],
    ['seclog doctor --json --strict', 'in CI'],
  ],
  async run({ io, options, positionals }: Invocation): Promise<number> {
    const project = readProject(resolve(positionals[0] ?? '.'))
    const isOffline = options['offline'] === true
    const environment = await checkEnvironment()
    const logger = textOption(options, 'logger') ?? loggerOf(project)
    const canaries = makeCanaries()
    const { report, findings: probed } = await probeLogger(project, logger, canaries)
    const inventory = makeInventory(project, environment, report)
    if (options['inventory'] === true) {
      await io.out.write(`${printableLines(inventoryText(project, inventory))}\n`)
      return exitCodes.ok
    }
    const findings = [
      ...checkPackages(project),
      ...environment.findings,
      ...probed,
      ...(isOffline ? [] : await checkExport(environment.unmasked)),
      ...(isOffline ? [] : await checkElasticsearch()),
      ...checkSources(project),
      ...judgeInventory(inventory),
    ]
    if (options['json'] === true) {
      const { name, version, folder } = project
      const { variables, logger: resolved, tracing } = environment
      const told = { project: { name, version, folder }, findings, variables }
      await io.out.write(
        `${safeJson({ ...told, resolved: { logger: resolved, tracing }, inventory })}\n`,
      )
    } else await io.out.write(asText(project, environment, findings, io))
    return statusOf(findings, options['strict'] === true)
  },
}

function loggerOf({ settings }: Project): string | undefined {
  return typeof settings['logger'] === 'string' ? settings['logger'] : undefined
}

const loggerArea = findingsOf('Logger')

async function probeLogger(
  project: Project,
  logger: string | undefined,
  canaries: Canaries,
): Promise<{ report?: ProbeReport; findings: readonly Finding[] }> {
  const path = logger === undefined ? undefined : resolve(project.folder, logger)
  if (path !== undefined && !existsSync(path))
    return {
      findings: [
        loggerArea.error(
          'logger-missing',
          `The logger's module ${path} does not exist.`,
          'Name the compiled file.',
        ),
      ],
    }
  const answer = await runProbe(project, { logger: path, canaries })
  if ('failure' in answer)
    return {
      findings: [
        loggerArea.error(
          'logger-unloadable',
          `The logger could not be looked at: ${answer.failure}`,
          hintFor(path),
        ),
      ],
    }
  const { report } = answer
  const unnamed = loggerArea.note(
    'logger-unnamed',
    'This is a logger as the environment makes it; the own one of the project was not named.',
    `Name it: seclog doctor --logger ${candidate(project)}, or "seclog": { "logger": … } in package.json.`,
  )
  return {
    report,
    findings: [
      judgeCorrelation(report, project),
      ...(path === undefined ? [unnamed] : []),
      ...judgeLogger(report, canaries),
    ],
  }
}

function hintFor(path: string | undefined): string {
  return path?.endsWith('ts') === true
    ? 'Compile it first, and name the compiled file.'
    : 'Load it by itself to see more: node --input-type=module -e "await import(\'./FILE\')".'
}

function candidate({ folder }: Project): string {
  const paths = ['dist', 'build', 'lib', 'src', '.'].flatMap((at) =>
    ['logger', 'log', 'logging'].flatMap((name) =>
      ['.js', '.mjs', '.cjs'].map((end) => join(at, name + end)),
    ),
  )
  return paths.find((path) => existsSync(join(folder, path))) ?? 'FILE'
}

function statusOf(findings: readonly Finding[], strict: boolean): number {
  const bad = findings.some(({ level }) => level === 'error' || (strict && level === 'warning'))
  return bad ? exitCodes.found : exitCodes.ok
}

const styles: Readonly<Record<Finding['level'], Style>> = {
  error: ['bold', 'red'],
  warning: 'yellow',
  note: 'blue',
  ok: 'green',
}

function asText(
  project: Project,
  { variables }: EnvironmentReport,
  findings: readonly Finding[],
  { out }: Io,
): string {
  const lines = [
    `seclog doctor: ${printable(project.name)} ${printable(project.version ?? '')}`.trimEnd() +
      ` in ${printable(project.folder)}`,
  ]
  for (const area of findingAreas) {
    const own = findings.filter((finding) => finding.area === area)
    if (own.length === 0) continue
    lines.push('', out.style('bold', area))
    for (const { level, message, fix } of own) {
      lines.push(`  ${out.style(styles[level], level.padEnd(8))} ${printable(message)}`)
      if (fix !== undefined) lines.push(`           ${out.style('dim', `→ ${printable(fix)}`)}`)
    }
    if (area === 'Environment')
      for (const [name, value] of Object.entries(variables))
        lines.push(`           ${printable(name)}=${printable(value)}`)
  }
  const count = (level: Finding['level'], noun: string): string => {
    const number = findings.filter((finding) => finding.level === level).length
    return `${number} ${noun}${number === 1 ? '' : 's'}`
  }
  lines.push(
    '',
    `${count('error', 'error')}, ${count('warning', 'warning')}, ${count('note', 'note')}.`,
  )
  return `${lines.join('\n')}\n`
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}
