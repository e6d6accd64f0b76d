import { join, relative } from 'node:path'
import process from 'node:process'
import { environmentAsksForExporter } from '../config/tracing.js'
import { scope } from '../tracing/packages.js'
import { sees } from '../tracing/skew.js'
import { wholeSet } from '../tracing/start.js'
import {
  findPackage,
  hasLoaderHook,
  type Project,
  readManifest,
  versionIn,
} from './doctor-project.js'
import { findCopies } from './find-copies.js'
import { type Finding, findingsOf } from './finding.js'

const { error, warning, note, ok } = findingsOf('Packages')

/** Oldest Node that is supported. */
const oldestNode = [20, 19] as const

/** What Node, pino, OpenTelemetry and copies of them are there. */
export function checkPackages(project: Project): readonly Finding[] {
  return [
    checkNode(),
    ...checkPino(project),
    checkSeclog(project),
    ...checkOpenTelemetry(project),
    ...checkInstrumentation(project),
  ]
}

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])
  const version = `Node ${process.versions.node}`
  return isOld
    ? error('node-too-old', `${version} is too old.`, `Use Node ${oldestNode.join('.')} or later.`)
    : ok('node', `${version}.`)
}

function checkPino({ folder }: Project): readonly Finding[] {
  const found = findPackage(folder, 'pino')
  if (found === undefined)
    return [error('pino-missing', 'pino is not installed.', 'npm install pino')]
  const version = versionIn(found)
  const copies = findCopies(folder, 'pino')
  const others = copies.filter((copy) => copy.version !== version).map((copy) => copy.version)
  return [
    Number.parseInt(version, 10) === 10
      ? ok('pino', `pino ${version}.`)
      : warning(
          'pino-unsupported',
          `pino ${version}; a SecurityLogger is made with pino 10.`,
          'npm install pino@10',
        ),
    ...(others.length === 0
      ? []
      : [
          note(
            'pino-copies',
            `Other copies of pino are there too: ${others.join(', ')}. Loggers of those are not yours.`,
          ),
        ]),
  ]
}

function checkSeclog({ folder, name }: Project): Finding {
  const found = findPackage(folder, 'seclog')
  if (found !== undefined || name === 'seclog')
    return ok('seclog', `seclog ${versionIn(found ?? folder)}.`)
  return note('seclog-missing', 'seclog is not installed in this project.', 'npm install seclog')
}

/** Whether spans can be exported. */
export function hasTracing({ folder }: Project): boolean {
  const { api, sdk, exporter } = findSet(folder)
  return api !== undefined && sdk !== undefined && exporter !== undefined
}

/** The packages of a set that spans are exported with, by what they are for. */
function findSet(folder: string): { api?: string; sdk?: string; exporter?: string } {
  const first = (...names: string[]): string | undefined =>
    names.map((name) => findPackage(folder, scope + name)).find((path) => path !== undefined)
  const api = first('api')
  const sdk = first('sdk-trace', 'sdk-trace-node', 'sdk-node', 'sdk-trace-base')
  const exporter = first('exporter-trace-otlp-proto', 'exporter-trace-otlp-http', 'sdk-node')
  return {
    ...(api !== undefined && { api }),
    ...(sdk !== undefined && { sdk }),
    ...(exporter !== undefined && { exporter }),
  }
}

function checkOpenTelemetry(project: Project): readonly Finding[] {
  const { folder } = project
  const { api, sdk, exporter } = findSet(folder)
  if (api === undefined || sdk === undefined) return [sayMissing(api)]
  const apiVersion = versionIn(api)
  const sdkVersion = versionIn(sdk)
  const generation = generationOf(sdkVersion)
  const name = relative(join(folder, 'node_modules'), sdk)
    .split(/[\\/]node_modules[\\/]/)
    .at(-1)
  const findings = [
    ok('otel', `OpenTelemetry ${generation}.x: ${name} ${sdkVersion}, API ${apiVersion}.`),
    ...checkGeneration(generation, apiVersion, exporter),
    ...checkCopies(folder, sdk),
  ]
  if (exporter === undefined)
    findings.push(
      note(
        'otel-exporter-missing',
        'No OTLP exporter is installed: spans are not exported.',
        `npm install ${scope}exporter-trace-otlp-proto`,
      ),
    )
  return findings
}

function sayMissing(api: string | undefined): Finding {
  const what =
    api === undefined
      ? 'OpenTelemetry is not installed'
      : 'Of OpenTelemetry only the API is installed'
  const message = `${what}: lines have ids of seclog's own spans, and no span is exported.`
  const fix = `To export spans: npm install ${wholeSet()}`
  return environmentAsksForExporter()
    ? error('otel-missing', `${message} The environment asks for an exporter.`, fix)
    : note('otel-missing', message, fix)
}

/** sdk 2.12 and exporter 0.223 are of the generation 2, sdk 3.1 and exporter 0.301 of 3. */
function generationOf(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 0) return major
  return minor >= 300 ? 3 : minor >= 200 ? 2 : 1
}

function checkGeneration(
  generation: number,
  apiVersion: string,
  exporter: string | undefined,
): readonly Finding[] {
  const findings: Finding[] = []
  if (generation < 2)
    findings.push(
      error(
        'otel-generation',
        'OpenTelemetry 1.x is not supported.',
        'Install the packages of 2.x or 3.x.',
      ),
    )
  const apiMinor = Number(apiVersion.split('.')[1])
  const fits = generation >= 3 ? apiMinor >= 10 : apiMinor < 10
  if (!fits)
    findings.push(
      error(
        'otel-generations-mixed',
        `The API ${apiVersion} is not that of OpenTelemetry ${generation}.x.`,
        `npm install ${scope}api@${generation >= 3 ? '^1.10' : '1.9'}`,
      ),
    )
  const other = exporter === undefined ? generation : generationOf(versionIn(exporter))
  if (other !== generation)
    findings.push(
      error(
        'otel-generations-mixed',
        `The exporter is of OpenTelemetry ${other}.x, the SDK of ${generation}.x.`,
        'Install both of one generation.',
      ),
    )
  return findings
}

/** A provider is registered with the copy of the API that its SDK finds; other copies may not see it. */
function checkCopies(folder: string, sdk: string): readonly Finding[] {
  const name = `${scope}api`
  const registering = findPackage(sdk, name)
  if (registering === undefined) return []
  const registered = versionIn(registering)
  const blind = findCopies(folder, name).filter(({ version }) => !sees(version, registered))
  if (blind.length === 0) return []
  const named = blind.map((copy) => `${copy.version} (${relative(folder, copy.folder)})`)
  return [
    error(
      'otel-api-copies',
      `Copies of ${name} disagree: providers are registered with ${registered}, which ${named.join(', ')} cannot see. Spans made there have all-zero ids and go nowhere.`,
      `Make it one copy: npm ls ${name}, npm dedupe.`,
    ),
  ]
}

function checkInstrumentation(project: Project): readonly Finding[] {
  const { folder, isEsm } = project
  const found =
    findPackage(folder, `${scope}instrumentation-pino`) ??
    findPackage(folder, `${scope}auto-instrumentations-node`)
  if (found === undefined) return []
  const name = String(readManifest(join(found, 'package.json'))?.['name'])
  if (!isEsm || hasLoaderHook(project))
    return [ok('instrumentation', `${name} ${versionIn(found)}.`)]
  return [
    warning(
      'instrumentation-unhooked',
      `${name} is installed, but this project is ESM and starts without OpenTelemetry's loader hook: nothing that is loaded by import is patched, pino neither.`,
      'Start with node --import seclog/register, or give the logger its ids without patching: createSecurityLogger, or pino({ mixin: traceMixin }).',
    ),
  ]
}
