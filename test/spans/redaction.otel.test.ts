import { readFileSync } from 'node:fs'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import test from 'ava'
import { createRedaction } from '../../src/redaction/engine.js'
import { setProcessRedaction } from '../../src/redaction/process-wide.js'
import { addSpanAttributes } from '../../src/spans/active-span.js'
import { runSpan, withSpan } from '../../src/spans/with-span.js'
import { registerProvider, unregister } from './otel.js'
import { recording } from './recording.js'

interface Entry {
  readonly label: string
  readonly kind: string
  readonly as: string
  readonly input: unknown
  readonly secret?: readonly [string, string, string]
}

const { entries } = JSON.parse(
  readFileSync(new URL('../../../test/data/secrets-dev.json', import.meta.url), 'utf8'),
) as { entries: readonly Entry[] }

const messages = entries.flatMap(({ label, as, input, secret }) =>
  label === 'positive' && as === 'message' && typeof input === 'string' && secret !== undefined
    ? [{ core: secret[1], text: input.replaceAll('{{S0}}', secret.join('')) }]
    : [],
)

test.afterEach.always(() => {
  unregister()
  setProcessRedaction(undefined)
})

test.serial('no secret that the rules know leaves in any position of a span', (t) => {
  const rules = createRedaction()
  const caught = messages.filter(({ core, text }) => !rules.text(text).includes(core))
  t.true(caught.length > 30)
  const otel = registerProvider()
  for (const { text } of caught) plant(text)
  const exported = JSON.stringify(otel.finished().map(visible))
  for (const { core } of caught) t.false(exported.includes(JSON.stringify(core).slice(1, -1)), core)
  t.is(otel.finished().length, 2 * caught.length)
})

test.serial('a value under a telling key is masked, whatever it looks like', (t) => {
  const otel = registerProvider()
  withSpan('work', { attributes: { 'http.request.header.authorization': ['plain words'] } }, () => {
    addSpanAttributes({
      'db.password': 'correct horse',
      config: { apiKey: 'battery staple', port: 1 },
    })
  })
  const [span] = otel.finished()
  const exported = JSON.stringify(span?.attributes)
  for (const secret of ['plain words', 'correct horse', 'battery staple']) {
    t.false(exported.includes(secret))
  }
  t.true(exported.includes('port'))
})

test.serial('a key can be removed altogether, and a path be named', (t) => {
  setProcessRedaction(createRedaction({ paths: ['scan.target', 'list[1]'], remove: true }))
  const otel = registerProvider()
  withSpan('work', { attributes: { scan: { target: 'x', left: 1 }, list: ['a', 'b'] } }, () => {})
  t.deepEqual(otel.finished()[0]?.attributes, { scan: '{"left":1}', list: ['a'] })
})

test.serial('with the rules off, values pass', (t) => {
  setProcessRedaction(createRedaction(false))
  const otel = registerProvider()
  withSpan('work', { attributes: { password: 'open' } }, () => {})
  t.is(otel.finished()[0]?.attributes['password'], 'open')
})

test.serial('the record of a span is left to the rules of its logger', (t) => {
  const { records, recorder } = recording()
  runSpan('work', { attributes: { password: 'open' } }, () => {}, recorder)
  t.like(records[0]?.fields, { span: { attributes: { password: 'open' } } })
})

function plant(text: string): void {
  const link = { context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 } }
  const options = {
    attributes: { [text]: 1, text, list: [text], nested: { text } },
    links: [{ ...link, attributes: { text } }],
  }
  try {
    withSpan(text, options, (span) => {
      span.updateName(`again ${text}`)
      span.setAttributes({ later: text, [`later ${text}`]: true })
      span.addEvent(text, { text })
      span.addLink({ ...link, attributes: { text } })
      withSpan('stated', (inner) => inner.setStatus({ code: 2, message: text }))
      span.recordException(text)
      throw new Error(text)
    })
  } catch {
    // It is the span that is looked at.
  }
}

function visible(span: ReadableSpan): object {
  const { name, attributes, events, links, status } = span
  return { name, attributes, events, links, status }
}
