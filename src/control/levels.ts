import { type Duration, parseDuration } from '../config/duration.js'
import { SeclogError } from '../errors.js'
import { type Instance, symbols } from '../line/instance.js'
import { applyLevel } from '../line/level-methods.js'
import { tellChange } from '../logger/level-changes.js'
import {
  followParent,
  hasOwnLevel,
  levelBefore,
  levelOfName,
  namedLoggers,
  setLevelOfName,
} from '../logger/named-loggers.js'

/** The level of the loggers of one name. */
export interface LoggerLevel {
  /** The option `name`, else the service; of a child, the `name` that was bound; else `root`. */
  readonly name: string
  /** Of those that were made of this name and still exist, each level once. */
  readonly levels: readonly string[]
  /** When the former level returns, in ISO 8601; missing for a level that stays. */
  readonly until?: string
}

export interface SetLevelOptions {
  /** How long the level holds before the former one returns. @defaultValue for good */
  readonly for?: Duration
  /** Why: `event.reason` of the record. @defaultValue 'setLoggerLevel' */
  readonly reason?: string
  /** Who: `user.id` of the record. */
  readonly by?: string
  /** From where, an address: `source.ip` of the record. */
  readonly from?: string
}

/** A change that can be taken back. */
export interface LevelChange extends Disposable {
  /** How many loggers there were to change; ones that are made later follow. */
  readonly loggers: number
  readonly until: Date | undefined
  /** Brings the former levels back, unless they were changed again since; further calls do nothing. */
  revert(reason?: string): void
}

interface Running {
  readonly change: LevelChange
  /** Levels before; `undefined` where a child followed its parent. */
  readonly former: Map<Instance, string | undefined>
  readonly formerRule: string | undefined
}

// Longer ones fire at once: the timers of Node count in 32 bits.
const longestMs = 2 ** 31 - 1
const disposeKey: symbol = Symbol.dispose ?? Symbol.for('nodejs.dispose')
const running = new Map<string | undefined, Running>()

/** Every named logger of this process with its level. */
export function loggerLevels(): readonly LoggerLevel[] {
  const byName = new Map<string, Set<string>>()
  for (const [name, logger] of namedLoggers(undefined)) {
    byName.set(name, (byName.get(name) ?? new Set()).add(logger.level))
  }
  return [...byName].map(([name, levels]) => {
    const until = (running.get(name) ?? running.get(undefined))?.change.until?.toISOString()
    return { name, levels: [...levels], ...(until !== undefined && { until }) }
  })
}

/**
 * Sets the level of loggers by their name, of those below it (`scan` covers `scan.lockfile`), and of those made later. Each
 * change is a security event, `sys_monitor_enabled` or `sys_monitor_disabled`.
 *
 * @param name - `undefined` for all loggers that are there.
 * @throws SeclogError `SECLOG_OPTION_INVALID` for a level that none of these loggers has, or a time that is none.
 * @example
 * setLoggerLevel('scan', 'debug', { for: '10m', by: 'ada' })
 */
export function setLoggerLevel(
  name: string | undefined,
  level: string,
  options: SetLevelOptions = {},
): LevelChange {
  const ms = options.for === undefined ? undefined : parseDuration(options.for)
  if (options.for !== undefined && (ms === undefined || ms > longestMs)) {
    throw invalid('The time of a level must be positive and less than 25 days, as in 10m.')
  }
  const loggers = namedLoggers(name)
  const able = loggers.filter(([, logger]) => logger.levels.values[level] !== undefined)
  if (able.length === 0) {
    const problem = loggers.length === 0 ? 'No logger of this name exists' : 'No logger has a level'
    throw invalid(`${problem}: ${JSON.stringify(loggers.length === 0 ? name : level)}.`)
  }
  const until = ms === undefined ? undefined : new Date(Date.now() + ms)
  const { reason = 'setLoggerLevel', by, from } = options
  const before = running.get(name)
  const former = new Map(before?.former)
  for (const [logger, instance] of able) {
    if (!former.has(instance)) former.set(instance, ownLevel(instance))
    change(instance, level, { reason, by, from, until, logger })
  }
  const formerRule = before === undefined ? ruleOf(name) : before.formerRule
  if (name !== undefined) setLevelOfName(name, level)
  const result = reverting(name, level, former, formerRule, until, able.length)
  if (ms === undefined) running.delete(name)
  else {
    running.set(name, { change: result, former, formerRule })
    setTimeout(() => result.revert('its time is over'), ms).unref()
  }
  return result
}

function reverting(
  name: string | undefined,
  level: string,
  former: ReadonlyMap<Instance, string | undefined>,
  formerRule: string | undefined,
  until: Date | undefined,
  loggers: number,
): LevelChange {
  let isOver = false
  const revert = (reason = 'taken back'): void => {
    const newer = running.get(name)
    if (isOver || (newer !== undefined && newer.change !== result)) return
    isOver = true
    running.delete(name)
    if (name !== undefined) setLevelOfName(name, formerRule)
    for (const [logger, instance] of namedLoggers(name)) {
      if (instance.level !== level) continue
      const back = former.has(instance) ? former.get(instance) : levelBefore(instance)
      change(instance, back, { reason, logger })
    }
  }
  const result = { loggers, until, revert, [disposeKey]: () => revert() } as unknown as LevelChange
  return result
}

/** @param level - `undefined` to follow the parent. */
function change(
  instance: Instance,
  level: string | undefined,
  why: Parameters<typeof tellChange>[3],
): void {
  const before = numberOf(instance)
  if (level === undefined) followParent(instance)
  else if (instance.level !== level) applyLevel(instance, level)
  tellChange(instance, before, numberOf(instance), why)
}

function numberOf(instance: Instance): number {
  return instance[symbols.levelValSym] as number
}

function ownLevel(instance: Instance): string | undefined {
  return hasOwnLevel(instance) ? instance.level : undefined
}

function ruleOf(name: string | undefined): string | undefined {
  return name === undefined ? undefined : levelOfName(name)
}

function invalid(message: string): SeclogError {
  return new SeclogError('SECLOG_OPTION_INVALID', message)
}
