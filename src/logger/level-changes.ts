import { type Instance, symbols } from '../line/instance.js'
import { type EventParts, logSecurityEvent } from './security.js'

/** Why a level changed, as far as somebody knows. */
export interface LevelReason {
  /** `event.reason` of the record. */
  readonly reason: string
  /** Who did it: `user.id`. */
  readonly by?: string | undefined
  /** From which address: `source.ip`. */
  readonly from?: string | undefined
  /** When the former level returns. */
  readonly until?: Date | undefined
  /** The name of the logger. */
  readonly logger?: string | undefined
}

type TellChange = (instance: Instance, before: number, after: number, why: LevelReason) => void

/** Where a logger keeps what tells of a change of its level; its children inherit it. */
export const levelChangeSymbol: unique symbol = Symbol('seclog.levelChange')

/** @returns What writes the security event of a change; an event is written whatever level was chosen. */
export function levelChanges(parts: EventParts): TellChange {
  return (instance, before, after, { reason, by, from, until, logger }) => {
    const { labels } = instance.levels
    const fewer = enabled(instance, after) < enabled(instance, before)
    const fields = {
      monitor: 'log.level',
      logger,
      from: labels[before] ?? String(before),
      to: labels[after] ?? String(after),
      until: until?.toISOString(),
      reason,
      userid: by,
      ...(from !== undefined && { source: { ip: from } }),
    }
    // Fewer lines mean that somebody sees less than before, which is what an attacker would want first.
    const event = fewer ? 'sys_monitor_disabled' : 'sys_monitor_enabled'
    const message = `log level changed from ${fields.from} to ${fields.to}`
    logSecurityEvent(instance, parts, event, fields, message)?.catch(() => {})
  }
}

/** Tells of a change of a logger's level. */
export function tellChange(
  instance: Instance,
  before: number,
  after: number,
  why: LevelReason,
): void {
  const tell = instance[levelChangeSymbol] as TellChange | undefined
  if (before !== after) tell?.(instance, before, after, why)
}

/** Tells of an assignment to `log.level`, of which nobody says why. */
export function tellAssignment(instance: Instance, before: number, after: number): void {
  tellChange(instance, before, after, { reason: 'assignment to log.level' })
}

/** How many levels are written at this one. */
function enabled(instance: Instance, threshold: number): number {
  const compare = instance[symbols.levelCompSym] as (current: number, expected: number) => boolean
  return Object.values(instance.levels.values).filter((number) => compare(number, threshold)).length
}
