import { resolve } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { activeTrace } from '../context/active.js'
import { otelApi } from '../context/otel.js'
import { createSecurityLogger } from '../logger/create-logger.js'
import { withSpan } from '../spans/with-span.js'
import { probeSteps } from './probe-steps.js'
import type {
  ProbedLogger,
  ProbeMessage,
  ProbeReport,
  ProbeStep,
  ProbeTask,
} from './probe-types.js'

/** Runs in a process of its own, started as the application is: loads its logger, and logs what a logger must stand. */
async function probe(task: ProbeTask): Promise<ProbeReport> {
  const [exported, logger] = await loadLogger(task.logger)
  const symbols = symbolsOf(logger)
  const streamSymbol = symbols.get('pino.stream')
  if (streamSymbol === undefined) throw new Error(`The export ${exported} is no pino logger.`)
  const destination = describe(logger[streamSymbol])
  const level = logger.level
  let lines: string[] = []
  logger[streamSymbol] = {
    write: (line: string) => {
      lines.push(String(line))
      return true
    },
  }
  logger.level = 'trace'
  const steps: ProbeStep[] = []
  const run = (name: string, step: () => void): void => {
    lines = []
    try {
      step()
      steps.push({ name, lines })
    } catch (error) {
      steps.push({ name, lines, threw: String(error instanceof Error ? error.message : error) })
    }
  }
  let ids: ProbeReport['ids']
  run('in a span', () =>
    withSpan('seclog doctor', () => {
      ids = activeTrace()
      logger.info('in a span')
    }),
  )
  const serializers = Object.keys(
    (logger[symbols.get('pino.serializers') as symbol] ?? {}) as object,
  )
  const own = serializers.filter((name) => name !== 'err')
  for (const [name, step] of probeSteps(logger, task.canaries, own)) run(name, step)
  const isSeclog = 'withSpan' in logger && 'security' in logger
  return {
    kind: isSeclog ? 'seclog' : 'pino',
    exported,
    level,
    destination,
    provider: otelApi()?.trace === undefined ? undefined : otelApi()?.version,
    ids,
    serializers: own,
    steps,
  }
}

async function loadLogger(path: string | undefined): Promise<[string, ProbedLogger]> {
  if (path === undefined)
    return ['of the environment', createSecurityLogger() as unknown as ProbedLogger]
  const loaded: Record<string, unknown> = await import(pathToFileURL(resolve(path)).href)
  const inner = loaded['default']
  const all = {
    ...loaded,
    ...(typeof inner === 'object' && inner !== null && !isLogger(inner) ? inner : {}),
  }
  const preferred = ['default', 'logger', 'log', ...Object.keys(all)]
  for (const name of preferred) {
    const value: unknown = await (all as Record<string, unknown>)[name]
    if (isLogger(value)) return [name, value]
  }
  throw new Error(
    `It exports no pino logger (only ${Object.keys(loaded).join(', ') || 'nothing'}); export yours as "logger", or by default.`,
  )
}

function isLogger(value: unknown): value is ProbedLogger {
  return (
    typeof value === 'object' &&
    value !== null &&
    'info' in value &&
    symbolsOf(value).has('pino.stream')
  )
}

/** pino's symbols are those of one copy of it: they are found by what they are called. */
function symbolsOf(logger: object): Map<string, symbol> {
  const found = new Map<string, symbol>()
  for (
    let at: object | null = logger;
    at !== null;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    for (const symbol of Object.getOwnPropertySymbols(at))
      if (symbol.description !== undefined && !found.has(symbol.description))
        found.set(symbol.description, symbol)
  }
  return found
}

function describe(stream: unknown): string {
  const { file, fd, worker, constructor: made } = (stream ?? {}) as Record<string, unknown>
  if (worker !== undefined) return 'a worker transport'
  if (typeof file === 'string') return `the file ${file}`
  if (fd === 1) return 'standard output'
  if (fd === 2) return 'standard error'
  const name = (made as { name?: unknown } | undefined)?.name
  return name === 'StandardOutput' ? 'standard output' : `a stream (${String(name)})`
}

function send(message: ProbeMessage): void {
  process.send?.(message, undefined, undefined, () => process.exit(0))
}

try {
  send({ report: await probe(JSON.parse(process.argv[2] ?? '{}') as ProbeTask) })
} catch (error) {
  send({ failure: error instanceof Error ? error.message : String(error) })
}
