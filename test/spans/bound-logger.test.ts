import test from 'ava'
import { createSecurityLogger, type SecurityLogger, withSpan } from '../../src/index.js'

interface Line {
  readonly msg: string
  readonly trace_id?: string
  readonly span_id?: string
  readonly span?: { readonly parent_span_id?: string }
  readonly err?: { readonly message: string }
}

function reading(format: 'json' | 'ecs' = 'json'): { log: SecurityLogger; lines: () => Line[] } {
  const written: string[] = []
  const log = createSecurityLogger({ format }, { write: (line) => written.push(line) })
  return { log, lines: () => written.map((line) => JSON.parse(line) as Line) }
}

test('spans that the logger of a span begins are its children', (t) => {
  const { log, lines } = reading()
  const job = log.startSpan('job')
  const { traceId, spanId } = job.spanContext()
  job.log.withSpan('step', () => undefined)
  job.log.startSpan('sub').end()
  job.log.child({ part: 1 }).withCacheSpan({ name: 'findings' }, () => undefined)
  withSpan('elsewhere', () => job.log.withSpan('step', () => undefined))
  const records = lines()
  t.is(records.length, 4)
  for (const record of records) {
    t.is(record.trace_id, traceId)
    t.is(record.span?.parent_span_id, spanId)
  }
})

test('a parent, or a new root, that is asked for goes before the span of the logger', (t) => {
  const { log, lines } = reading()
  const [job, other] = [log.startSpan('job'), log.startSpan('other')]
  job.log.withSpan('root', { root: true }, () => undefined)
  job.log.withSpan('adopted', { parent: other }, () => undefined)
  const [root, adopted] = lines()
  t.not(root?.trace_id, job.spanContext().traceId)
  t.is(root?.span?.parent_span_id, undefined)
  t.is(adopted?.span?.parent_span_id, other.spanContext().spanId)
})

for (const format of ['json', 'ecs'] as const) {
  test(`lines of a span’s logger carry the innermost span that was begun under it, in ${format}`, async (t) => {
    const { log, lines } = reading(format)
    const job = log.startSpan('job')
    const ids: string[] = []
    job.log.info('outside')
    withSpan('elsewhere', () => job.log.info('in a span of another trace'))
    await job.log.withSpan('step', async (step) => {
      ids.push(step.spanContext().spanId)
      await Promise.resolve()
      job.log.info('in step')
      log.withFields({ part: 1 }, () => job.log.info('in step'))
      withSpan('inner', (inner) => {
        ids.push(inner.spanContext().spanId)
        job.log.info('in inner')
        job.log.withSpan('deepest', () => undefined)
      })
      withSpan('unrelated', { root: true }, () => job.log.info('in an unrelated span'))
      const sub = job.log.startSpan('sub')
      sub.log.withSpan('of sub', (span) => {
        ids.push(span.spanContext().spanId)
        job.log.info('in sub')
      })
      sub.log.info('by sub')
      ids.push(sub.spanContext().spanId)
    })
    const own = job.spanContext().spanId
    const expected: Record<string, string | undefined> = {
      outside: own,
      'in a span of another trace': own,
      'in step': ids[0],
      'in inner': ids[1],
      'in an unrelated span': own,
      'in sub': ids[2],
      'by sub': ids[3],
    }
    const parents: Record<string, string | undefined> = {
      'span deepest ended': ids[1],
      'span of sub ended': ids[3],
      'span step ended': own,
    }
    for (const line of lines() as (Line & Record<string, unknown>)[]) {
      const text = line.msg ?? (line['message'] as string)
      const spanId = line.span_id ?? line['span.id'] ?? (line.span as { id?: string })?.id
      if (text in expected) t.is(spanId, expected[text], text)
      if (text in parents && format === 'json') t.is(line.span?.parent_span_id, parents[text], text)
    }
    t.is(lines().length, 8 + 3)
  })
}

test('work that for ever begins more work under itself keeps its trace', (t) => {
  const { log, lines } = reading()
  const first = log.startSpan('first')
  let span = first
  for (let index = 0; index < 100; index += 1) span = span.log.startSpan('next')
  span.log.withSpan('last', (last) => {
    span.log.info('here')
    t.is(lines().at(-1)?.span_id, last.spanContext().spanId)
  })
  first.log.info('there')
  t.is(lines().at(-1)?.span_id, first.spanContext().spanId)
})

test('an error is in the record of the outer span where that of the inner one is not written', (t) => {
  const { log, lines } = reading()
  const quiet = log.child({}, { level: 'silent' })
  t.throws(() => log.withSpan('outer', () => quiet.withSpan('inner', () => raise('db'))), {
    message: 'db',
  })
  t.is(lines().length, 1)
  t.is(lines()[0]?.err?.message, 'db')
})

test('an error that was recorded by hand is in the record of a failure, whatever the level', (t) => {
  const { log, lines } = reading()
  log.child({}, { level: 'warn' }).withSpan('handled', (span) => {
    span.recordException(new Error('by hand'))
    span.setStatus({ code: 2 })
  })
  t.is(lines()[0]?.err?.message, 'by hand')
})

function raise(message: string): never {
  throw new Error(message)
}
