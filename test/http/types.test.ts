import type { RequestListener } from 'node:http'
import test from 'ava'
import { expectTypeOf } from 'expect-type'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import { traceExpress, traceExpressErrors } from '../../src/http/express.js'
import { type HttpLogger, requestLog, tracedFetch, traceHttpHandler } from '../../src/http/index.js'
import { createSecurityLogger, type SecurityLogger } from '../../src/index.js'

test('the entries fit into the types of what they are put into', (t) => {
  const log = createSecurityLogger({ customLevels: { notice: 35 }, level: 'silent' })
  expectTypeOf(log).toExtend<HttpLogger>()
  expectTypeOf(requestLog<'notice'>({})).toEqualTypeOf<SecurityLogger<'notice'> | undefined>()
  expectTypeOf(traceExpress({ log })).toExtend<RequestHandler>()
  expectTypeOf(traceExpressErrors()).toExtend<ErrorRequestHandler>()
  const handler = traceHttpHandler((request, response) => response.end(request.url), { log })
  expectTypeOf(handler).toExtend<RequestListener>()
  expectTypeOf(tracedFetch()).toExtend<typeof fetch>()
  t.pass()
})
