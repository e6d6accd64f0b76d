import pino from 'pino'

type Target = pino.TransportTargetOptions

/**
 * The worker transports of pino's `transport` option, with levels told apart on this thread.
 *
 * A worker tells them apart by a numeric `level` in the line, which lines with a label or in ECS do not have: there they vanish.
 * So each target gets a worker of its own, and a line is handed over whole to those whose level it reaches.
 */
export function workerTransport(
  transport: NonNullable<pino.LoggerOptions['transport']>,
  levels: Record<string, number>,
): pino.DestinationStream {
  if (!('targets' in transport) || transport.targets === undefined) {
    return pino.transport(transport as pino.TransportSingleOptions)
  }
  const { targets, dedupe = false } = transport as pino.TransportMultiOptions
  const streams = targets.map((target) => {
    const { level = 'info' } = target as Target
    return { level: level as pino.Level, stream: pino.transport(singleTarget(target as Target)) }
  })
  return pino.multistream(streams, { dedupe, levels }) as unknown as pino.DestinationStream
}

function singleTarget(target: Target): pino.TransportSingleOptions {
  if ('pipeline' in target) return { pipeline: target.pipeline } as never
  const { level: _level, ...single } = target
  return single as pino.TransportSingleOptions
}
