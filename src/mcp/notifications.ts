import { activeSpan } from '../spans/active-span.js'
import type { Connection } from './connection.js'
import { describeMessage } from './conventions.js'
import { injected } from './inject.js'
import type { NotificationMessage } from './messages.js'
import { withMessageTrace } from './remote.js'

/** These come by the hundred, and say nothing that the span of their request does not. */
const frequent: ReadonlySet<string> = new Set(['notifications/progress', 'notifications/message'])
const noTraceId = '0'.repeat(32)

/** Runs `next` in the client span of a notification that is sent, with its trace context in `_meta`. */
export function sendNotification<M>(
  connection: Connection,
  { method, params }: NotificationMessage,
  message: M,
  next: (message: M) => Promise<void>,
): Promise<void> {
  const { options } = connection
  const send = (): Promise<void> => next(injected(message, options))
  if (!hasSpan(connection, method)) {
    return activeSpan().spanContext().traceId === noTraceId ? next(message) : send()
  }
  const { fields, attributes } = describeMessage(method, params)
  return options.log.withMcpClientSpan(
    { ...connection.fields(), ...fields },
    { attributes: connection.attributes() },
    (span) => {
      span.setAttributes(attributes)
      return send()
    },
  )
}

/**
 * Runs `next` in the server span of a notification that has come. It is the span of its receipt: nobody tells when a handler of
 * a notification is done.
 */
export function receiveNotification(
  connection: Connection,
  { method, params }: NotificationMessage,
  extra: unknown,
  next: () => void,
): void {
  withMessageTrace(connection, params, extra, (place) => {
    if (!hasSpan(connection, method)) {
      next()
      return
    }
    const { fields, attributes } = describeMessage(method, params)
    connection.options.log.withMcpServerSpan(
      { ...connection.fields(), ...fields },
      { attributes: connection.attributes(), ...place },
      (span) => {
        span.setAttributes(attributes)
        next()
      },
    )
  })
}

function hasSpan({ options: { notifications } }: Connection, method: string): boolean {
  if (typeof notifications === 'boolean') return notifications
  return notifications === undefined ? !frequent.has(method) : notifications(method) === true
}
