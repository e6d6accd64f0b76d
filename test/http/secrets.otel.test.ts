import { readFileSync } from 'node:fs'
import test from 'ava'
import {
  setRequestError,
  setRequestRoute,
  tracedFetch,
  traceHttpHandler,
} from '../../src/http/index.js'
import { createRedaction } from '../../src/redaction/engine.js'
import { registerProvider, unregister } from '../spans/otel.js'
import { logged, served } from './serving.js'

test.afterEach.always(unregister)

interface Entry {
  readonly label: string
  readonly as: string
  readonly input: unknown
  readonly secret?: readonly [string, string, string]
}

const { entries } = JSON.parse(readFileSync('test/data/secrets-dev.json', 'utf8')) as {
  entries: readonly Entry[]
}

const rules = createRedaction()

/** Texts with a secret that the rules know, and that a header can hold. */
const planted = entries.flatMap(({ label, as, input, secret }) => {
  if (label !== 'positive' || as !== 'message' || typeof input !== 'string') return []
  if (secret === undefined || secret[1].length < 12) return []
  const text = input.replaceAll('{{S0}}', secret.join(''))
  const fits = /^[\x20-\x7e]{1,900}$/.test(text) && !rules.text(text).includes(secret[1])
  return fits ? [{ core: secret[1], text }] : []
})

test.serial(
  'secrets in every position of a request leave by no exporter and no line',
  async (t) => {
    t.true(planted.length > 30)
    const otel = registerProvider()
    const { log, destination, ended } = logged()
    let text = ''
    const { url } = await served(
      t,
      traceHttpHandler(
        (request, response) => {
          setRequestRoute(request, `/about ${text}`)
          setRequestError(request, new Error(text))
          response.writeHead(500, { 'x-said': text }).end()
        },
        { log, requestHeaders: ['x-said', 'authorization'], responseHeaders: ['x-said'] },
      ),
    )
    const ask = tracedFetch(globalThis.fetch, { log })
    for (const [index, entry] of planted.entries()) {
      text = entry.text
      const encoded = encodeURIComponent(text)
      await ask(`${url}/scan?q=${encoded}&twice=${encodeURIComponent(encoded)}&token=hunter2`, {
        headers: {
          'x-said': text,
          authorization: `Bearer ${entry.core}`,
          'user-agent': text,
          'x-request-id': text,
          'x-forwarded-for': text,
        },
      })
      await ended(index + 1)
    }
    const spans = otel.finished()
    t.is(spans.length, planted.length * 2)
    const seen = JSON.stringify(
      spans.map(({ name, attributes, events, links, status }) => [
        name,
        attributes,
        events,
        links,
        status,
      ]),
    )
    const lines = destination.lines.join('')
    for (const core of [...planted.map((entry) => entry.core), 'hunter2']) {
      for (const form of [
        core,
        encodeURIComponent(core),
        encodeURIComponent(encodeURIComponent(core)),
      ]) {
        const escaped = JSON.stringify(form).slice(1, -1)
        t.false(seen.includes(escaped), core)
        t.false(lines.includes(escaped), core)
      }
    }
  },
)
