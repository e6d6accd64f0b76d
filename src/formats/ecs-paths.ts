import { ecsAllowedValues, ecsFields, type ecsTypes } from './ecs-table.js'

/** A type of {@link ecsTypes}, by its letter. */
export type EcsType = keyof typeof ecsTypes

/** What ECS says about one path. */
export interface EcsPath {
  /** The type, if the path is a field. */
  readonly type: EcsType | undefined
  /** Fields lie below it. */
  readonly namespace: boolean
  /** The fields above it that hold lists of objects: one of those and this path cannot stand in one record. */
  readonly containers: readonly string[]
}

/** Types that hold a list of objects. */
export function isObjectList(type: EcsType | undefined): boolean {
  return type === 'A' || type === 'M' || type === 'E'
}

const decoded = new Map<string, ReadonlyMap<string, EcsPath>>()
const nowhere: EcsPath = { type: undefined, namespace: false, containers: [] }

/** What ECS says about a dotted path. The table is decoded by first segment, on first use. */
export function ecsPath(path: string): EcsPath {
  const dot = path.indexOf('.')
  const root = dot === -1 ? path : path.slice(0, dot)
  let fields = decoded.get(root)
  if (fields === undefined) {
    if (!Object.hasOwn(ecsFields, root)) return nowhere
    fields = decode(ecsFields[root] ?? '')
    decoded.set(root, fields)
  }
  return fields.get(path) ?? nowhere
}

/** Every field of ECS with its type. */
export function* allEcsFields(): Generator<readonly [path: string, type: EcsType]> {
  for (const text of Object.values(ecsFields)) {
    for (const [path, { type }] of decode(text)) if (type !== undefined) yield [path, type]
  }
}

function decode(text: string): ReadonlyMap<string, EcsPath> {
  const fields = new Map<string, EcsPath>()
  let previous: readonly string[] = []
  for (const [, shared, rest, type] of text.matchAll(/(\d)([^A-Z]+)([A-Z])/g)) {
    const segments = [...previous.slice(0, Number(shared)), ...(rest ?? '').split('.')]
    previous = segments
    let containers: readonly string[] = []
    for (let length = 1; length < segments.length; length++) {
      const above = segments.slice(0, length).join('.')
      const known = fields.get(above)
      fields.set(above, { type: known?.type, namespace: true, containers })
      if (isObjectList(known?.type)) containers = [...containers, above]
    }
    fields.set(segments.join('.'), { type: type as EcsType, namespace: false, containers })
  }
  return fields
}

const allowedValues = new Map(
  Object.entries(ecsAllowedValues).map(([path, values]) => [path, new Set(values.split(' '))]),
)

/** The only values that a categorisation field may have; `undefined` for other fields. */
export function allowedAt(path: string): ReadonlySet<string> | undefined {
  return allowedValues.get(path)
}
