import process from 'node:process'
import { setImmediate } from 'node:timers/promises'
import { readEnvironment } from '../config/environment.js'
import { resolveLogger } from '../config/logger.js'
import { maskTracing, resolveTracing, type TracingConfig } from '../config/tracing.js'
import { type Finding, findingsOf } from './finding.js'

const { warning, ok } = findingsOf('Environment')

/** What the environment says, and what it comes to. */
export interface EnvironmentReport {
  /** The variables that are heeded and set; whatever could be a secret is masked. */
  readonly variables: Readonly<Record<string, string>>
  readonly logger: object
  readonly tracing: TracingConfig
  /** With its secrets, to ask the collector with. */
  readonly unmasked: TracingConfig
  readonly findings: readonly Finding[]
}

const heeded =
  /^(?:OTEL_|LOG_(?:LEVEL|FORMAT)$|NODE_OPTIONS$|NODE_ENV$|ELASTICSEARCH_|NO_COLOR$|FORCE_COLOR$)/
const secretNames = /HEADERS|KEY|TOKEN|PASSWORD|SECRET|CREDENTIALS|AUTH/
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** Resolves the environment as a logger and tracing would; what they would warn of becomes findings. */
export async function checkEnvironment(): Promise<EnvironmentReport> {
  const warnings: string[] = []
  const listen = (said: Error): void => {
    warnings.push(said.message)
  }
  // Node prints a warning by a listener of its own.
  const others = process.rawListeners('warning') as ((...args: unknown[]) => void)[]
  process.removeAllListeners('warning')
  process.on('warning', listen)
  const { service, level, format, limits } = resolveLogger({}, levels)
  const unmasked = resolveTracing()
  await setImmediate()
  process.off('warning', listen)
  for (const other of others) process.on('warning', other)
  const variables = Object.fromEntries(
    Object.entries(readEnvironment())
      .filter(([name, value]) => heeded.test(name) && value !== undefined && value !== '')
      .map(([name, value = '']) => [name, shown(name, value)])
      .sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  )
  const findings = warnings.map((message) => warning('environment', message))
  if (findings.length === 0) {
    const names = Object.keys(variables)
    findings.push(
      ok(
        'environment',
        names.length === 0 ? 'No variable that is heeded is set.' : `Heeded: ${names.join(', ')}.`,
      ),
    )
  }
  const logger = { service, level, format, limits }
  return { variables, logger, tracing: maskTracing(unmasked), unmasked, findings }
}

function shown(name: string, value: string): string {
  if (secretNames.test(name)) return '***'
  // What stands between a scheme and an @ is a password as a rule.
  return value.replace(/\/\/[^/@\s]*@/g, '//***@').replace(/([?&][^=&\s]+=)[^&\s]*/g, '$1***')
}
