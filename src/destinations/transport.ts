import type { EventEmitter } from 'node:events'
import pino from 'pino'
import { warnOnce } from '../diagnostics.js'
import { SeclogError } from '../errors.js'
import type { SettlingStream } from './settle.js'
import { type StandardOutput, standardError } from './stdout.js'

type Target = pino.TransportTargetOptions
type Worker = pino.DestinationStream &
  SettlingStream &
  EventEmitter & { readonly closed: boolean; readonly destroyed: boolean }

/**
 * The worker transports of pino's `transport` option, with levels told apart on this thread.
 *
 * A worker tells them apart by a numeric `level` in the line, which lines with a label or in ECS do not have: there they vanish.
 * So each target gets a worker of its own, and a line is handed over whole to those whose level it reaches. A worker that dies
 * takes neither the process nor the other targets with it.
 *
 * @param levels - The logger's levels by label.
 * @param onError - Called for each line that a worker cannot take.
 */
export function workerTransport(
  transport: NonNullable<pino.LoggerOptions['transport']>,
  levels: Readonly<Record<string, number>>,
  onError: () => void,
): pino.DestinationStream {
  if (!('targets' in transport) || transport.targets === undefined) {
    return startWorker(transport as pino.TransportSingleOptions, onError)
  }
  const {
    dedupe = false,
    targets,
    worker,
  } = transport as pino.TransportMultiOptions & {
    readonly worker?: object
  }
  const shared = worker === undefined ? {} : { worker }
  const workers = targets.map((target) =>
    startWorker({ ...singleTarget(target as Target), ...shared }, onError),
  )
  const entries = workers.map((stream, index) => {
    const { level = 'info' } = targets[index] as Target
    return { level: level as pino.Level, stream }
  })
  const all = pino.multistream(entries, { dedupe, levels: { ...levels } })
  return Object.assign(all, {
    flush: (callback: () => void) => onEach(workers, callback, (one, done) => one.flush?.(done)),
    end: (callback: () => void) => onEach(workers, callback, endWorker),
  }) as unknown as pino.DestinationStream
}

function singleTarget(target: Target): pino.TransportSingleOptions {
  if ('pipeline' in target) return { pipeline: target.pipeline } as never
  const { level: _level, ...single } = target
  return single as pino.TransportSingleOptions
}

const info = 30

function startWorker(options: pino.TransportSingleOptions, onError: () => void): Worker {
  const worker = createWorker(options)
  worker.on('error', (error: unknown) => {
    onError()
    const name = error instanceof Error ? error.message : typeof error
    warnOnce(
      'transport',
      `A log transport fails (${name.slice(0, 200)}): from here on its lines go to standard error, and what cannot go there is counted in health().dropped.`,
    )
  })
  return withFallback(worker, onError)
}

/** Once the worker is gone, lines go to standard error, where a supervisor still sees them. What it had in memory went with it. */
function withFallback(worker: Worker, onError: () => void): Worker {
  const write = worker.write.bind(worker)
  let fallback: StandardOutput | undefined
  const writeLeveled = (line: string, level: number): void => {
    if (!worker.destroyed) return void write(line)
    if (fallback === undefined) {
      fallback = standardError(onError)
      // A worker that ends with code 0 tells no error.
      warnOnce('transport', 'A log transport is gone: its lines go to standard error.')
    }
    fallback.writeLeveled(line, level)
  }
  // pino's multistream tells no level.
  return Object.assign(worker, { writeLeveled, write: (line: string) => writeLeveled(line, info) })
}

/** @throws SeclogError `SECLOG_OPTION_INVALID` for a target that cannot be found. */
function createWorker(options: pino.TransportSingleOptions): Worker {
  try {
    return pino.transport(options) as unknown as Worker
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SeclogError('SECLOG_OPTION_INVALID', `pino refuses a transport: ${reason}`, {
      cause: error,
    })
  }
}

function endWorker(worker: Worker, done: () => void): void {
  if (worker.closed) done()
  else {
    worker.once('close', done)
    worker.end?.()
  }
}

/** Does something to each worker, and calls back when all are done with it. */
function onEach(
  workers: readonly Worker[],
  callback: (() => void) | undefined,
  act: (worker: Worker, done: () => void) => void,
): void {
  let left = workers.length
  const done = (): void => {
    if (--left === 0) callback?.()
  }
  for (const worker of workers) act(worker, done)
}
