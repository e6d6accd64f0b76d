import { type AliasedFields, ecsAliases, ecsOwnNames } from './ecs-aliases.js'
import type { Quote } from './ecs-coerce.js'
import { allowedAt, type EcsType, ecsPath } from './ecs-paths.js'
import { hashPath } from './ecs-taken.js'
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
  /** Errors stand under this name. */
  readonly error: boolean
  /** The path begins with `labels.`. */
  readonly underLabels: boolean
  /** The path is `labels` itself. */
  readonly labels: boolean
  /** `,"the.path":` */
  readonly prefix: string
  /** `,"the.path":"`, to which text that needs no escapes is added as it is. */
  readonly quoted: string
  readonly pathHash: number
  /** The path under `labels` if the value has to go there: `labels.the_path`. */
  readonly label: string
  /** `,"the_path":` */
  readonly labelPrefix: string
  /** `,"the_path":"` */
  readonly labelQuoted: string
  /** `"the_path":"` */
  readonly labelFirst: string
  readonly labelHash: number
  /**
   * What scalars need: `label`, they all go to `labels`; `text`, strings, and others as strings, are written as they are if
   * nobody else has the path; `other`, a closer look.
   */
  readonly kind: 'label' | 'text' | 'other'
  /** Where the members of an object under this path go, as far as seen. */
  children: Map<string, EcsHome> | undefined
}

/** Finds where paths go. */
export interface EcsHomes {
  at(path: string): EcsHome
  /** As `at` for a path and a key below it, without putting the two together each time. */
  below(home: EcsHome, key: string): EcsHome
  /** Changes when all that was remembered is forgotten: homes kept from before must be asked for again. */
  readonly generation: number
}

/** What paths under `labels` begin with. */
export const labelsDot = 'labels.'

/** The label that only the logger writes. */
export const flagsLabel = 'labels.trace_flags'

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
  'service.ephemeral_id',
  'labels.trace_flags',
])

/** Fields that a document must not set: Elasticsearch refuses it when they differ from the data stream's name. */
const routing = new Set(['data_stream.type', 'data_stream.dataset', 'data_stream.namespace'])

const mostHomes = 4_000
const longestCachedPath = 256

/** Looks up where paths go, and remembers it for the paths seen so far, within bounds. */
export function createEcsHomes(quote: Quote): EcsHomes {
  let homes = new Map<string, EcsHome>()
  let count = 0
  let generation = 0
  const remember = (): void => {
    if (++count <= mostHomes) return
    homes = new Map()
    count = 1
    generation++
  }
  const at = (path: string): EcsHome => {
    const known = homes.get(path)
    if (known !== undefined) return known
    const home = find(path, quote)
    if (path.length <= longestCachedPath) {
      remember()
      homes.set(path, home)
    }
    return home
  }
  return {
    at,
    below(home, key) {
      const known = home.children?.get(key)
      if (known !== undefined) return known
      const path = `${home.path}.${key}`
      const child = at(path)
      if (path.length <= longestCachedPath) {
        remember()
        home.children ??= new Map()
        home.children.set(key, child)
      }
      return child
    },
    get generation() {
      return generation
    },
  }
}

function find(path: string, quote: Quote): EcsHome {
  const { type, namespace, containers } = ecsPath(path)
  const underLabels = isLabel(path)
  const isLabels = path === 'labels'
  const key = labelKey(underLabels ? path.slice(labelsDot.length) : path)
  const label = labelsDot + key
  const home = {
    path,
    type: isLabels || routing.has(path) ? undefined : type,
    namespace,
    containers,
    own: alwaysOwn.has(path) ? path : ecsOwnNames.get(path),
    alias: ecsAliases.get(path),
    error: path === 'err' || path === 'error',
    underLabels,
    labels: isLabels,
  }
  const prefix = `,${quote(path)}:`
  const labelPrefix = `,${quote(key)}:`
  return {
    ...home,
    prefix,
    quoted: `${prefix}"`,
    pathHash: hashPath(path),
    label,
    labelPrefix,
    labelQuoted: `${labelPrefix}"`,
    labelFirst: `${quote(key)}:"`,
    labelHash: hashPath(label),
    kind:
      home.own !== undefined || home.alias !== undefined || label === flagsLabel
        ? 'other'
        : kindOf(home.type, path),
    children: undefined,
  }
}

function kindOf(type: EcsType | undefined, path: string): EcsHome['kind'] {
  if (type === undefined) return 'label'
  const takesText = type === 'K' || type === 'W' || type === 'T'
  return takesText && allowedAt(path) === undefined ? 'text' : 'other'
}
