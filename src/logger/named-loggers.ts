import { type Instance, symbols } from '../line/instance.js'
import { applyLevel } from '../line/level-methods.js'

/** Loggers by name, as long as somebody else holds them. */
interface Registry {
  readonly loggers: Map<string, Set<WeakRef<Instance>>>
  /** Levels that were set at run time, for loggers yet to be made too. */
  readonly levels: Map<string, string>
  /** How many references there may be before those of loggers that are gone are taken out. */
  limit: number
  size: number
}

const registry: Registry = { loggers: new Map(), levels: new Map(), limit: 1_000, size: 0 }

/** Of loggers made under a level set at run time: the level without it; `undefined` where a child would follow its parent. */
const levelsBefore = new WeakMap<Instance, string | undefined>()

/** Names beyond this many are those of requests rather than of parts of an application; they are not listed. */
const mostNames = 1_000

/** The `name` of a child's bindings; a getter is not asked, since it would be called twice. */
export function nameIn(bindings: unknown): string | undefined {
  if (typeof bindings !== 'object' || bindings === null) return undefined
  try {
    const value: unknown = Object.getOwnPropertyDescriptor(bindings, 'name')?.value
    return typeof value === 'string' && value !== '' ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Makes a logger known by its name, and gives it the level that was set for that name: at run time, else by the environment.
 *
 * @param environment - Levels by name, of `LOG_LEVELS`.
 */
export function addNamed(
  instance: Instance,
  name: string,
  environment: ReadonlyMap<string, string>,
): void {
  giveLevel(instance, levelFor(name, environment))
  const level = levelFor(name, registry.levels)
  if (level !== undefined) {
    levelsBefore.set(instance, hasOwnLevel(instance) ? instance.level : undefined)
    giveLevel(instance, level)
  }
  const known = registry.loggers.get(name) ?? new Set<WeakRef<Instance>>()
  if (known.size === 0 && registry.loggers.size >= mostNames) return
  known.add(new WeakRef(instance))
  registry.loggers.set(name, known)
  if (++registry.size > registry.limit) prune()
}

/** Loggers of a name and, by dots, below it; all of them without a name. */
export function namedLoggers(name: string | undefined): [name: string, logger: Instance][] {
  const found: [string, Instance][] = []
  for (const [known, references] of registry.loggers) {
    if (name !== undefined && !covers(name, known)) continue
    for (const reference of references) {
      const logger = reference.deref()
      if (logger !== undefined) found.push([known, logger])
    }
  }
  return found
}

/** Sets or forgets the level of loggers of this name that are yet to be made. */
export function setLevelOfName(name: string, level: string | undefined): void {
  if (level === undefined) registry.levels.delete(name)
  else registry.levels.set(name, level)
}

/** The level that holds for loggers of this name that are yet to be made. */
export function levelOfName(name: string): string | undefined {
  return registry.levels.get(name)
}

/** The level that a logger would have without one set at run time before it was made. */
export function levelBefore(instance: Instance): string | undefined {
  return levelsBefore.get(instance)
}

/** Whether a logger has a level of its own, and does not follow that of the one it was made from. */
export function hasOwnLevel(instance: Instance): boolean {
  return Object.hasOwn(instance, symbols.levelValSym)
}

/** Lets a child follow the level of its parent again. */
export function followParent(instance: Instance): void {
  delete instance[symbols.levelValSym]
  for (const level of Object.keys(instance.levels.values)) delete instance[level]
}

/** The level of the longest name that covers this one. */
function levelFor(name: string, levels: ReadonlyMap<string, string>): string | undefined {
  if (levels.size === 0) return undefined
  let longest = ''
  for (const rule of levels.keys()) {
    if (covers(rule, name) && rule.length > longest.length) longest = rule
  }
  return levels.get(longest)
}

/** A level that this logger does not have is left to those that do. */
function giveLevel(instance: Instance, level: string | undefined): void {
  if (level === undefined || instance.levels.values[level] === undefined) return
  applyLevel(instance, level)
}

function covers(rule: string, name: string): boolean {
  return name === rule || name.startsWith(`${rule}.`)
}

function prune(): void {
  registry.size = 0
  for (const [name, references] of registry.loggers) {
    for (const reference of references) {
      if (reference.deref() === undefined) references.delete(reference)
    }
    if (references.size === 0) registry.loggers.delete(name)
    registry.size += references.size
  }
  registry.limit = Math.max(1_000, registry.size * 2)
}
