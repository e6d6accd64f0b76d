import type { Quote } from './ecs-coerce.js'
import { ecsVersion } from './ecs-table.js'
import { bitOf, hashPath } from './ecs-taken.js'
import type { JsonScalar } from './json-value.js'

/** What a logger says about itself on every line. */
export interface EcsIdentityOptions {
  readonly service?: {
    readonly name?: string
    readonly version?: string
    readonly environment?: string
  }
  readonly pid?: number
  readonly threadId?: number
  readonly hostname?: string
  /** Name of the logger or child. */
  readonly logger?: string
}

/** Made by {@link EcsFormat.identity}; one for each logger that has a name of its own. */
export interface EcsIdentity {
  /** @internal All that stands on every line, `ecs.version` first and without a comma in front, the data set last. */
  readonly text: string
  /** @internal */
  readonly datasetText: string
  /** @internal */
  readonly values: ReadonlyMap<string, JsonScalar>
  /** @internal Bits of all paths in `values`. */
  readonly bits: number
}

/** Made once for a logger, and anew for a child with a name of its own. */
export function createIdentity(options: EcsIdentityOptions, quote: Quote): EcsIdentity {
  const { service, pid, threadId, hostname, logger } = options
  const values = new Map<string, JsonScalar>()
  const add = (path: string, value: JsonScalar | undefined): void => {
    if (value !== undefined) values.set(path, value)
  }
  add('service.name', service?.name)
  add('service.version', service?.version)
  add('service.environment', service?.environment)
  add('process.pid', pid)
  add('process.thread.id', threadId)
  add('host.hostname', hostname)
  add('host.name', hostname)
  add('log.logger', logger)
  let text = `"ecs.version":"${ecsVersion}"`
  let bits = 0
  for (const [path, value] of values) {
    text += `,"${path}":${typeof value === 'string' ? quote(value) : String(value)}`
    bits |= bitOf(hashPath(path))
  }
  const datasetText = service?.name === undefined ? '' : `,"event.dataset":${quote(service.name)}`
  return { text: text + datasetText, datasetText, values, bits }
}
