import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { aliases, vocabulary } from '../security/vocabulary.js'
import { isRecord } from '../testing/log-lines.js'
import type { EnvironmentReport } from './doctor-environment.js'
import { hasTracing } from './doctor-packages.js'
import type { Project } from './doctor-project.js'
import { type Finding, findingsOf } from './finding.js'
import type { ProbeReport } from './probe-types.js'

const { note, ok } = findingsOf('Inventory')

/** One layer of the stack that logs, by the words of ASVS 5.0, 16.1.1. */
export interface InventoryLayer {
  readonly layer: string
  /** What events are logged. */
  readonly events: string
  readonly format: string
  readonly stored: string
  readonly use: string
  readonly access: string
  readonly retention: string
}

export interface Inventory {
  readonly layers: readonly InventoryLayer[]
  /** Security events that the source names, with a place of each. */
  readonly securityEvents: Readonly<Record<string, string>>
  /** Spans that the source names, with a place of each. */
  readonly spans: Readonly<Record<string, string>>
}

/** What only people know. A project says it in its package.json: `"seclog": { "inventory": { "use": …, "access": …, "retention": … } }`. */
const told = ['use', 'access', 'retention'] as const
const untold = 'not told'

/** The inventory as far as it can be told from the project. */
export function makeInventory(
  project: Project,
  environment: EnvironmentReport,
  report: ProbeReport | undefined,
): Inventory {
  const { securityEvents, spans } = readSources(project.folder)
  const people = peopleOf(project)
  const { tracing, logger } = environment
  const format = String((logger as { format?: unknown }).format)
  const layers: InventoryLayer[] = [
    {
      layer: 'application log',
      events: `lines from level ${report?.level ?? String((logger as { level?: unknown }).level)}; ends of ${Object.keys(spans).length} named spans`,
      format: report?.kind === 'pino' ? "pino's lines" : format,
      stored: report?.destination ?? 'standard output',
      ...people,
    },
    {
      layer: 'security events',
      events: Object.keys(securityEvents).join(', ') || 'none that the source names',
      format: `${format}, by the OWASP vocabulary`,
      stored: report?.destination ?? 'standard output',
      ...people,
    },
  ]
  if (hasTracing(project) && !tracing.disabled && tracing.exporters.length > 0)
    layers.push({
      layer: 'traces',
      events: `spans, ${tracing.sampler.ratio * 100} % of new traces`,
      format: tracing.exporters.includes('otlp') ? `OTLP (${tracing.otlp.protocol})` : 'console',
      stored: tracing.exporters.includes('otlp') ? tracing.otlp.url : 'standard output',
      ...people,
    })
  return { layers, securityEvents, spans }
}

/** Whether the inventory is whole. */
export function judgeInventory({ layers, securityEvents }: Inventory): readonly Finding[] {
  const missing = told.filter((name) => layers.some((layer) => layer[name] === untold))
  const unknown = Object.keys(securityEvents).filter(
    (name) => !(name in vocabulary || name in aliases),
  )
  const names = Object.keys(securityEvents).length
  return [
    ok(
      'inventory',
      `${layers.length} layers log; the source names ${names} security ${names === 1 ? 'event' : 'events'}. seclog doctor --inventory shows it.`,
    ),
    ...(missing.length === 0
      ? []
      : [
          note(
            'inventory-untold',
            `ASVS 16.1.1 asks for what only people know: ${missing.join(', ')}.`,
            'Say it in package.json: "seclog": { "inventory": { "use": "…", "access": "…", "retention": "…" } }.',
          ),
        ]),
    ...(unknown.length === 0
      ? []
      : [
          note(
            'events-own',
            `Events that OWASP's vocabulary does not have: ${unknown.join(', ')}.`,
            'They need defineSecurityEvents.',
          ),
        ]),
  ]
}

/** The inventory as a document. */
export function inventoryText(
  project: Project,
  { layers, securityEvents, spans }: Inventory,
): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
  const places = (found: Readonly<Record<string, string>>): string[] =>
    Object.entries(found).map(([name, place]) => `- \`${name}\` (${place})`)
  return [
    `# Log inventory of ${project.name}${project.version === undefined ? '' : ` ${project.version}`}`,
    '',
    'By OWASP ASVS 5.0, 16.1.1.',
    '',
    '| layer | events | format | where stored | how used | who has access | how long kept |',
    '|---|---|---|---|---|---|---|',
    ...layers.map((layer) => `| ${Object.values(layer).map(cell).join(' | ')} |`),
    '',
    `## Security events (${Object.keys(securityEvents).length})`,
    '',
    ...places(securityEvents),
    '',
    `## Spans (${Object.keys(spans).length})`,
    '',
    ...places(spans),
  ].join('\n')
}

function peopleOf({ settings }: Project): Record<(typeof told)[number], string> {
  const inventory = isRecord(settings['inventory']) ? settings['inventory'] : {}
  const [use, access, retention] = told.map((name) =>
    typeof inventory[name] === 'string' ? inventory[name] : untold,
  )
  return { use: use ?? untold, access: access ?? untold, retention: retention ?? untold }
}

const mostFiles = 5_000
const largest = 1024 * 1024
const leftOut = /^(?:node_modules|dist|build|coverage|test|tests|__tests__|\..*)$/
const eventCall = /\.(?:security|audit)\(\s*(['"`])([a-z][a-z0-9_]*)\1/g
const spanCall = /\b(?:withSpan|startSpan|traced)\(\s*(['"`])([^'"`$]{1,100})\1/g

function readSources(folder: string): Pick<Inventory, 'securityEvents' | 'spans'> {
  const securityEvents: Record<string, string> = {}
  const spans: Record<string, string> = {}
  for (const path of sourceFiles(folder)) {
    const source = readFileSync(path, 'utf8')
    const note = (found: Record<string, string>, match: RegExpExecArray): void => {
      const name = match[2] ?? ''
      const line = source.slice(0, match.index).split('\n').length
      if (!Object.hasOwn(found, name)) found[name] = `${relative(folder, path)}:${line}`
    }
    for (const match of source.matchAll(eventCall)) note(securityEvents, match)
    for (const match of source.matchAll(spanCall)) note(spans, match)
  }
  return { securityEvents, spans }
}

/** The source files of a project, without what is built or installed, or too large to be written by hand. */
export function sourceFiles(folder: string): string[] {
  const found: string[] = []
  const open = [folder]
  for (let at = open.pop(); at !== undefined && found.length < mostFiles; at = open.pop()) {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name)
      if (entry.isDirectory() && !leftOut.test(entry.name)) open.push(path)
      else if (
        entry.isFile() &&
        /\.[cm]?[jt]sx?$/.test(entry.name) &&
        statSync(path).size < largest
      )
        found.push(path)
    }
  }
  return found.sort()
}
