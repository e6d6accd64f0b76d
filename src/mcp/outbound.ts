import { activeSpan } from '../spans/active-span.js'
import type { Connection } from './connection.js'
import {
  describeMessage,
  describeResponse,
  describeResult,
  names,
  protocolVersion,
} from './conventions.js'
import { createExchange, type Exchange, Exchanges, stateFailure } from './exchange.js'
import { injected } from './inject.js'
import {
  idKey,
  isObject,
  metaOf,
  type NotificationMessage,
  type Params,
  paramsOf,
  type RequestMessage,
  type ResponseMessage,
} from './messages.js'

interface Call extends Exchange {
  progressKey?: string
  answered?: true
  /** The request that `callTool` is about to make belongs to this call. */
  awaitsRequest?: boolean
}

/** Requests to the other end: each is a client span, from the call until the caller has its result. */
export class Outbound {
  private readonly connection: Connection
  private readonly calls = new Map<string, Call>()
  private readonly sent = new Exchanges<Call>()
  private readonly byProgress = new Map<string, Call>()

  constructor(connection: Connection) {
    this.connection = connection
  }

  /** A call of `request(request, schema, options)`. */
  request(
    request: unknown,
    options: unknown,
    next: (request: unknown) => Promise<unknown>,
  ): Promise<unknown> {
    const method = isObject(request) ? request['method'] : undefined
    if (!isObject(request) || typeof method !== 'string') return next(request)
    const send = (): Promise<unknown> => next(injected(request, this.connection.options))
    const outer = this.activeCall()
    if (outer?.awaitsRequest !== true || outer.method !== method) {
      return this.begin(method, paramsOf(request), options, send)
    }
    outer.awaitsRequest = false
    return send()
  }

  /** A call of `callTool(params, schema, options)`, which makes a request and checks its result. */
  callTool(params: unknown, options: unknown, next: () => Promise<unknown>): Promise<unknown> {
    return this.begin('tools/call', isObject(params) ? params : {}, options, (call) => {
      call.awaitsRequest = true
      return next()
    })
  }

  private begin(
    method: string,
    params: Params,
    options: unknown,
    work: (call: Call) => Promise<unknown>,
  ): Promise<unknown> {
    const { connection } = this
    const { fields, attributes } = describeMessage(method, params)
    return connection.options.log.withMcpClientSpan(
      { ...connection.fields(), ...fields },
      { attributes: connection.attributes(), record: connection.record },
      async (span) => {
        span.setAttributes(attributes)
        const call: Call = createExchange(span, method)
        const { spanId } = span.spanContext()
        this.calls.set(spanId, call)
        try {
          const result = await work(call)
          if (call.answered === undefined) span.outcome(describeResult(method, result))
          return result
        } catch (error) {
          if (call.answered === undefined) stateLocalFailure(call, error, options)
          throw error
        } finally {
          this.calls.delete(spanId)
          this.sent.remove(call)
          if (call.progressKey !== undefined) this.byProgress.delete(call.progressKey)
        }
      },
    )
  }

  private activeCall(): Call | undefined {
    return this.calls.get(activeSpan().spanContext().spanId)
  }

  /** A request as it is handed to the transport, in the scope of its call. */
  send(message: RequestMessage, next: () => Promise<void>): Promise<void> {
    const call = this.activeCall()
    if (call === undefined || call.key !== undefined) return next()
    call.key = idKey(message.id)
    call.span.setAttribute(names.requestId, call.key)
    this.sent.add(call)
    const progressKey = idKey(metaOf(message.params)?.['progressToken'])
    if (progressKey !== undefined) {
      call.progressKey = progressKey
      this.byProgress.set(progressKey, call)
    }
    return this.step('mcp.client.request', call, next)
  }

  /** A response that the transport has received. */
  receive(message: ResponseMessage, next: () => void): void {
    const call = this.sent.find(idKey(message.id))
    if (call === undefined || call.answered === true) {
      next()
      return
    }
    call.answered = true
    const outcome = describeResponse(call.method, message)
    call.span.outcome(outcome)
    if (outcome.protocolVersion !== undefined) {
      this.connection.protocolVersion = protocolVersion(outcome.protocolVersion)
    }
    call.scope.runInAsyncScope(() => this.step('mcp.client.response', call, next))
  }

  /** The call that a notification from the other end is about. */
  callOfProgress({ method, params }: NotificationMessage): Exchange | undefined {
    const call = this.byProgress.get(idKey(params['progressToken']) ?? '')
    call?.span.addEvent(method, numbersOf(params))
    return call
  }

  /** The call that a notification of ours takes back. */
  cancelledCall({ method, params }: NotificationMessage): Exchange | undefined {
    const call = this.sent.find(idKey(params['requestId']))
    call?.span.addEvent(method)
    return call
  }

  private step<T>(name: string, { method }: Call, next: () => T): T {
    const { log, lifecycle } = this.connection.options
    if (lifecycle !== true) return next()
    return log.withSpan(name, { attributes: { 'mcp.method.name': method } }, () => next())
  }
}

/** Codes that the SDK itself gives to requests that came to no response. */
const localFailures: Readonly<Record<number, readonly [type: string, message: string]>> = {
  [-32001]: ['timeout', 'No response came in time.'],
  [-32000]: ['connection_closed', 'The connection was closed before a response came.'],
}

/** Why there is no response, where the error that the caller gets does not tell it in a word. */
function stateLocalFailure({ span }: Call, error: unknown, options: unknown): void {
  const signal = isObject(options) ? options['signal'] : undefined
  if (signal instanceof AbortSignal && signal.aborted) {
    stateFailure(span, 'cancelled', 'The caller cancelled the request.')
    return
  }
  const code = isObject(error) ? error['code'] : undefined
  const known = typeof code === 'number' ? localFailures[code] : undefined
  if (known !== undefined) stateFailure(span, ...known)
}

function numbersOf({ progress, total }: Params): Record<string, number> {
  return {
    ...(typeof progress === 'number' && { progress }),
    ...(typeof total === 'number' && { total }),
  }
}
