import test from 'ava'
import { createSecurityLogger, withSpan } from '../../src/index.js'
import { withCacheSpan } from '../../src/spans/domain-spans.js'
import { runSpan } from '../../src/spans/with-span.js'
import { recording } from './recording.js'

const throwing = {
  get attributes(): never {
    throw new Error('getter')
  },
  kind: 'client',
}

const bad: Record<string, unknown> = {
  'a signal that is null': { signal: null },
  'a signal that is none': { signal: {} },
  'a kind that there is not': { kind: 'bogus' },
  'a kind by a name of every object': { kind: 'toString' },
  'attributes that are no object': { attributes: 5 },
  'attributes that are null': { attributes: null },
  'links that are no list': { links: { length: 1 } },
  'links that are none': { links: [null, 5, {}] },
  'a start time that is none': { startTime: 'now' },
  'a parent that is no span': { parent: {} },
  'options that are no object': 5,
  'options that are null': null,
  'a getter that throws': throwing,
  'a proxy that throws': new Proxy(
    {},
    {
      get() {
        throw new Error('trap')
      },
    },
  ),
  'a signal that throws when it is listened to': {
    signal: {
      aborted: false,
      addEventListener() {
        throw new Error('no listeners')
      },
      removeEventListener() {},
    },
  },
  'a parent that throws': {
    parent: {
      spanContext() {
        throw new Error('no context')
      },
    },
  },
}

for (const [what, options] of Object.entries(bad)) {
  test(`${what} does not stop the work, which has a span`, (t) => {
    const { records, recorder } = recording()
    const given = options as never
    t.is(
      runSpan('work', given, () => 'done', recorder),
      'done',
    )
    t.is(records.length, 1)
    t.regex(String((records[0]?.fields['span'] as { kind?: string })?.kind), /^(internal|client)$/)
    t.is(
      withSpan('work', given, () => 'done'),
      'done',
    )
    t.is(
      withCacheSpan({ name: 'findings' }, given, () => 'done'),
      'done',
    )
    const log = createSecurityLogger({}, { write() {} })
    t.notThrows(() => log.startSpan('work', given).end())
  })
}

test('of options with a bad one the others hold, and the bad one is counted', (t) => {
  const written: string[] = []
  const log = createSecurityLogger({}, { write: (line) => written.push(line) })
  log.withSpan('work', throwing as never, () => undefined)
  t.is((JSON.parse(written[0] ?? '{}') as { span: { kind: string } }).span.kind, 'client')
  t.is(log.health().faults, 1)
})

test('a scope without a function is refused in a sentence, before a span begins', (t) => {
  const written: string[] = []
  const log = createSecurityLogger(
    { spans: { startLevel: 'info' } },
    { write: (line) => written.push(line) },
  )
  const scopes: Record<string, () => unknown> = {
    withSpan: () => withSpan('work', undefined as never),
    'log.withSpan': () => log.withSpan('work', {} as never),
    withCacheSpan: () => withCacheSpan({ name: 'findings' }, {} as never),
    withFields: () => log.withFields({}, undefined as never),
  }
  for (const [name, scope] of Object.entries(scopes)) {
    t.throws(scope, {
      code: 'SECLOG_CALLBACK_MISSING',
      message: `${name.replace('log.', '')} needs a function to run in its scope, as its last argument.`,
    })
  }
  t.is(written.length, 0)
})
