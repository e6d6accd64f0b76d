import { type AliasedFields, ecsAliases, ecsOwnNames } from './ecs-aliases.js'
import type { Quote } from './ecs-coerce.js'
import { type EcsType, ecsPath } from './ecs-paths.js'
import { labelKey } from './ecs-values.js'
import type { JsonValue } from './json-value.js'

/** Where values under one dotted path go. */
export interface EcsHome {
  readonly path: string
  /** The field's type; `undefined` when values go to `labels`. */
  readonly type: EcsType | undefined
  /** Fields lie below the path. */
  readonly namespace: boolean
  /** The lists of objects that the field is part of. */
  readonly containers: readonly string[]
  /** The field of the logger's own that the path names. */
  readonly own: string | undefined
  readonly alias: ((value: JsonValue) => AliasedFields | undefined) | undefined
  /** The path is `labels` itself. */
  readonly labels: boolean
  /** `,"the.path":` */
  readonly prefix: string
  /** The path under `labels` if the value has to go there: `labels.the_path`. */
  readonly label: string
  /** `,"the_path":` */
  readonly labelPrefix: string
}

/** What paths under `labels` begin with. */
export const labelsDot = 'labels.'

export function isLabel(path: string): boolean {
  return path.startsWith(labelsDot)
}

/** Fields that only the logger sets, on every line. Others are its own where it sets them. */
const alwaysOwn = new Set([
  '@timestamp',
  'log.level',
  'message',
  'ecs.version',
  'trace.id',
  'span.id',
  'service.name',
  'process.pid',
  'process.thread.id',
  'host.name',
  'host.hostname',
  'log.logger',
  'event.sequence',
  'labels.trace_flags',
])

/** Fields that a document must not set: Elasticsearch refuses it when they differ from the data stream's name. */
const routing = new Set(['data_stream.type', 'data_stream.dataset', 'data_stream.namespace'])

const mostHomes = 4_000
const longestCachedPath = 256

/** Looks up where paths go, and remembers it for the paths seen so far, within bounds. */
export function createEcsHomes(quote: Quote): (path: string) => EcsHome {
  let homes = new Map<string, EcsHome>()
  return (path) => {
    const known = homes.get(path)
    if (known !== undefined) return known
    const home = find(path, quote)
    if (path.length <= longestCachedPath) {
      if (homes.size >= mostHomes) homes = new Map()
      homes.set(path, home)
    }
    return home
  }
}

function find(path: string, quote: Quote): EcsHome {
  const { type, namespace, containers } = ecsPath(path)
  const underLabels = isLabel(path)
  const isLabels = path === 'labels'
  const key = labelKey(underLabels ? path.slice(labelsDot.length) : path)
  return {
    path,
    type: isLabels || routing.has(path) ? undefined : type,
    namespace,
    containers,
    own: alwaysOwn.has(path) ? path : ecsOwnNames.get(path),
    alias: ecsAliases.get(path),
    labels: isLabels,
    prefix: `,${quote(path)}:`,
    label: labelsDot + key,
    labelPrefix: `,${quote(key)}:`,
  }
}
