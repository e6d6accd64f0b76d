import { sharedState } from '../context/shared.js'
import { warnOnce } from '../diagnostics.js'
import { SeclogError } from '../errors.js'
import { type AlertRule, type ResolvedRule, resolveRule } from './alert-rules.js'
import type { AlertHandler, SecurityAlert, WrittenEvent } from './alert-types.js'

/** How a subscription fares. */
export interface AlertHealth {
  /** Alerts that the handler was called with. */
  readonly alerts: number
  /** Alerts that it was not called with, since too many calls were under way. */
  readonly dropped: number
  /** Calls that threw or rejected, and faults of `where` and `counter`. */
  readonly failed: number
  /** Calls that have not settled yet. */
  readonly pending: number
  /** Keys that were forgotten before their window was over, for want of room. */
  readonly evicted: number
}

/** Ends by `end()` or disposal. */
export interface AlertSubscription extends Disposable {
  health(): AlertHealth
  end(): void
}

const subscribers = sharedState('security.subscribers.1', () => new Set<Subscriber>())
const disposeKey: symbol = Symbol.dispose ?? Symbol.for('nodejs.dispose')

/** Calls of one handler that may be under way at once. */
const mostPending = 32
/** Alerts that may wait for those. */
const mostWaiting = 1_000

/**
 * Calls a handler for security events of the process, whichever logger writes them: for each, or once so many of a kind came within
 * a time.
 *
 * The handler runs after the log call has returned, and never touches the logger: what it throws is counted, and one that is slow
 * or never settles holds up nobody. At most 32 calls of it are under way, and 1,000 alerts wait for them; more are dropped and
 * counted.
 *
 * @param rule - An event's name, several, or an {@link AlertRule}.
 * @throws SeclogError `SECLOG_OPTION_INVALID`
 * @example
 * onSecurityEvent({ event: 'authn_login_fail', by: 'source.ip', count: 5, within: '60s' }, ({ key }) => block(key))
 */
export function onSecurityEvent(
  rule: AlertRule | AlertRule['event'],
  handler: AlertHandler,
): AlertSubscription {
  if (typeof handler !== 'function') {
    throw new SeclogError(
      'SECLOG_OPTION_INVALID',
      'The handler of security events must be a function.',
    )
  }
  const subscriber = new Subscriber(resolveRule(rule), handler)
  subscribers.add(subscriber)
  const end = (): void => {
    subscribers.delete(subscriber)
  }
  const subscription = { health: () => subscriber.health(), end, [disposeKey]: end }
  return subscription as unknown as AlertSubscription
}

/** Whether anybody wants to hear of events. */
export function hasSubscribers(): boolean {
  return subscribers.size > 0
}

/** Tells those who want to hear of it, after the log call. Never throws. */
export function tellSubscribers(written: WrittenEvent): void {
  for (const subscriber of subscribers) subscriber.take(written)
}

/** A handler with its rule, and the alerts that wait for it. */
class Subscriber {
  readonly #rule: ResolvedRule
  readonly #handler: AlertHandler
  readonly #waiting: SecurityAlert[] = []
  #scheduled = false
  #alerts = 0
  #dropped = 0
  #failed = 0
  #pending = 0

  constructor(rule: ResolvedRule, handler: AlertHandler) {
    this.#rule = rule
    this.#handler = handler
  }

  health(): AlertHealth {
    return {
      alerts: this.#alerts,
      dropped: this.#dropped,
      failed: this.#failed,
      pending: this.#pending + this.#waiting.length,
      evicted: this.#rule.evicted(),
    }
  }

  take(written: WrittenEvent): void {
    try {
      if (!this.#rule.wants(written)) return
      const counted = this.#rule.count(written)
      if (counted instanceof Promise) void this.#later(counted)
      else if (counted !== undefined) this.#add(counted)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Counted elsewhere; a counter that does not answer is a call under way. */
  async #later(counted: Promise<SecurityAlert | undefined>): Promise<void> {
    if (this.#pending >= mostWaiting) {
      this.#dropped++
      counted.catch(() => {})
      return
    }
    this.#pending++
    try {
      const alert = await counted
      if (alert !== undefined) this.#add(alert)
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#pending--
    }
  }

  #add(alert: SecurityAlert): void {
    if (this.#waiting.length >= mostWaiting) {
      this.#dropped++
      return
    }
    this.#waiting.push(alert)
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#drain()
    })
  }

  #drain(): void {
    while (this.#pending < mostPending) {
      const alert = this.#waiting.shift()
      if (alert === undefined) return
      void this.#call(alert)
    }
  }

  async #call(alert: SecurityAlert): Promise<void> {
    this.#alerts++
    this.#pending++
    try {
      await this.#handler(alert)
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#pending--
      if (this.#waiting.length > 0) this.#drain()
    }
  }

  #fail(error: unknown): void {
    this.#failed++
    warnOnce(
      'security-handler',
      `A handler of security events fails (${error instanceof Error ? error.name : typeof error}): its failures are counted in the subscription's health().`,
    )
  }
}
