import test from 'ava'
import { expectTypeOf } from 'expect-type'
import type pino from 'pino'
import {
  createSecurityLogger,
  type LoggerHealth,
  type SecurityLogger,
  type SecurityLoggerOptions,
  type Span,
} from '../../src/index.js'
import { memoryDestination } from '../../src/testing/memory-destination.js'

test('the types say what the logger is', (t) => {
  const log = createSecurityLogger({}, memoryDestination())
  expectTypeOf(log).toExtend<pino.Logger>()
  expectTypeOf(log).toExtend<pino.BaseLogger>()
  expectTypeOf(log).toExtend<SecurityLogger>()
  expectTypeOf(log.child({})).toEqualTypeOf<SecurityLogger>()
  expectTypeOf(log.health()).toEqualTypeOf<LoggerHealth>()
  expectTypeOf(log.flushed()).toEqualTypeOf<Promise<void>>()
  expectTypeOf(log.close({ timeoutMs: 1 })).toEqualTypeOf<Promise<void>>()
  expectTypeOf(log.withFields({ a: 1 }, () => 7)).toEqualTypeOf<number>()
  expectTypeOf(log.withSpan('scan', async () => 'x')).toEqualTypeOf<Promise<string>>()
  const span = log.startSpan('scan')
  expectTypeOf(span).toExtend<Span & Disposable & AsyncDisposable>()
  expectTypeOf(span.log).toEqualTypeOf<SecurityLogger>()
  t.pass()
})

test('levels of one’s own are methods, of children too', (t) => {
  const log = createSecurityLogger({ customLevels: { notice: 35 } }, memoryDestination())
  expectTypeOf(log).toExtend<SecurityLogger<'notice'>>()
  expectTypeOf(log.notice).toEqualTypeOf<pino.LogFn>()
  const child = log.child({}, { customLevels: { deep: 15 } })
  expectTypeOf(child.notice).toEqualTypeOf<pino.LogFn>()
  expectTypeOf(child.deep).toEqualTypeOf<pino.LogFn>()
  expectTypeOf(log.child({}).notice).toEqualTypeOf<pino.LogFn>()
  expectTypeOf(createSecurityLogger()).not.toHaveProperty('notice')
  t.pass()
})

test('options are pino’s but for redact, and seclog’s own', (t) => {
  type Options = SecurityLoggerOptions
  expectTypeOf<Omit<pino.LoggerOptions, 'redact'>>().toExtend<Options>()
  expectTypeOf<'json' | 'ecs' | 'pino' | 'pretty' | undefined>().toEqualTypeOf<Options['format']>()
  expectTypeOf<{ redact: string[] }>().toExtend<Options>()
  expectTypeOf<{ redact: false }>().toExtend<Options>()
  expectTypeOf<{
    redact: { paths: string[]; censor: string; remove: boolean }
  }>().toExtend<Options>()
  expectTypeOf<{ redact: true }>().not.toExtend<Options>()
  expectTypeOf<{ service: { name: string; version: string } }>().toExtend<Options>()
  expectTypeOf<{ limits: { keys: number } }>().toExtend<Options>()
  expectTypeOf<{ limits: { keys: string } }>().not.toExtend<Options>()
  expectTypeOf<{ spans: { level: 'silent'; startLevel: 'debug' } }>().toExtend<Options>()
  t.pass()
})
