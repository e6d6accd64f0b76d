import { AsyncResource } from 'node:async_hooks'
import type { DomainSpan } from '../spans/domain.js'
import type { McpOutcome } from '../spans/domain-field-types.js'
import { names } from './conventions.js'

export type McpSpan = DomainSpan<McpOutcome>

/** A request that is under way, to the other end or from it. */
export interface Exchange {
  readonly span: McpSpan
  readonly method: string
  /** The id of the request, once it has one. */
  key: string | undefined
  /** Runs what belongs to the request where it began: in its trace, and in whatever else is ambient there. */
  readonly scope: AsyncResource
}

/** In the scope of the request. */
export function createExchange(span: McpSpan, method: string, key?: string): Exchange {
  return { span, method, key, scope: new AsyncResource('SeclogMcpExchange') }
}

/** States that a request came to no response, and why. */
export function stateFailure(span: McpSpan, type: string, message: string): void {
  span.setAttribute(names.error, type)
  span.setStatus({ code: 2, message })
}

/** Requests under way by their ids. */
export class Exchanges<E extends Exchange> {
  private readonly byKey = new Map<string, readonly E[]>()

  add(exchange: E): void {
    const { key } = exchange
    if (key !== undefined) this.byKey.set(key, [...(this.byKey.get(key) ?? []), exchange])
  }

  /** @param spanId - Decides between requests that, against the rules, have the same id. */
  find(key: string | undefined, spanId?: string): E | undefined {
    const same = key === undefined ? undefined : this.byKey.get(key)
    if (same === undefined || same.length === 1) return same?.[0]
    return same.find(({ span }) => span.spanContext().spanId === spanId) ?? same[0]
  }

  remove(exchange: E): void {
    const { key } = exchange
    if (key === undefined) return
    const rest = this.byKey.get(key)?.filter((other) => other !== exchange)
    if (rest === undefined || rest.length === 0) this.byKey.delete(key)
    else this.byKey.set(key, rest)
  }

  /** Empties the table. */
  takeAll(): readonly E[] {
    const all = [...this.byKey.values()].flat()
    this.byKey.clear()
    return all
  }
}
