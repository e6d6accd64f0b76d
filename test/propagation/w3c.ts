import { readFileSync } from 'node:fs'
import type { ExecutionContext } from 'ava'
import { injectTrace, withRemoteTrace } from '../../src/propagation/index.js'
import { withSpan } from '../../src/spans/with-span.js'

type Member = readonly [key: string, value: string]

interface Case {
  readonly name: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly expect: {
    readonly traceId: 'same' | 'new'
    readonly traceIdValue?: string
    readonly newParentId?: boolean
    readonly flagsMask?: number
    readonly tracestate?: {
      readonly state: 'kept' | 'dropped' | 'absent' | 'absentOrEmpty'
      readonly ordered?: boolean
      readonly members?: readonly Member[]
      readonly anyOf?: readonly Member[]
      readonly absentKeys?: readonly string[]
    }
  }
}

interface MultiCallCase {
  readonly name: string
  readonly headers: Case['headers']
  readonly calls: number
  readonly expect: {
    readonly traceIds?: readonly string[]
    readonly notTraceIds?: readonly string[]
    readonly distinctParentIds: number
  }
}

export const {
  cases,
  multiCallCases,
}: {
  readonly cases: readonly Case[]
  readonly multiCallCases: readonly MultiCallCase[]
} = JSON.parse(readFileSync('test/data/w3c-trace-context-cases.json', 'utf8'))

export type Headers = Readonly<Record<string, string | undefined>>

/** What a service sends on that was called with these headers. */
export function callThrough(carrier: object, calls = 1): readonly Headers[] {
  const options = { trust: true, sampledPerSecond: Number.POSITIVE_INFINITY }
  return withRemoteTrace(carrier, options, () =>
    withSpan('serve', { kind: 'server' }, () =>
      Array.from({ length: calls }, () =>
        withSpan('call', { kind: 'client' }, () => injectTrace<Record<string, string>>({})),
      ),
    ),
  )
}

const form = /^00-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-0([0-3])$/

/** The fields of a `traceparent` that may be sent. */
export function sent(t: ExecutionContext, { traceparent = '' }: Headers) {
  const [, traceId = '', spanId = '', flags = ''] = form.exec(traceparent) ?? []
  t.not(traceId, '', `${traceparent} may not be sent`)
  return { traceId, spanId, flags: Number(flags) }
}

/** Holds what a service sends on against a case. */
export function checkCase(t: ExecutionContext, { headers, expect }: Case, out: Headers): void {
  const { traceId, spanId, flags } = sent(t, out)
  const came = headers.map(([, value]) => value).join()
  if (expect.traceId === 'same') t.is(traceId, expect.traceIdValue ?? '')
  else t.false(came.includes(traceId))
  if (expect.newParentId === true) t.false(came.includes(spanId))
  if (expect.flagsMask !== undefined) t.is(flags & expect.flagsMask, expect.flagsMask)
  const { tracestate } = expect
  if (tracestate === undefined) return
  const members = out['tracestate']?.split(',') ?? []
  if (tracestate.state !== 'kept') t.deepEqual(members, [])
  const isSent = ([key, value]: Member) => members.includes(`${key}=${value}`)
  for (const member of tracestate.members ?? []) t.true(isSent(member), member.join())
  if (tracestate.anyOf !== undefined) t.true(tracestate.anyOf.some(isSent))
  if (tracestate.ordered === true) {
    t.deepEqual(
      members,
      tracestate.members?.map((member) => member.join('=')),
    )
  }
}

export function checkCalls(
  t: ExecutionContext,
  { expect }: MultiCallCase,
  out: readonly Headers[],
) {
  const all = out.map((headers) => sent(t, headers))
  t.is(new Set(all.map(({ spanId }) => spanId)).size, expect.distinctParentIds)
  for (const { traceId } of all) {
    if (expect.traceIds !== undefined) t.true(expect.traceIds.includes(traceId))
    t.not(expect.notTraceIds?.includes(traceId), true)
  }
}
