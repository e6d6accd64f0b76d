import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import test, { type ExecutionContext } from 'ava'
import { SeclogError } from '../../src/index.js'
import { createWebhook, type SecurityAlert, type WebhookOptions } from '../../src/security/index.js'
import { listening } from '../http/serving.js'

const alert: SecurityAlert = {
  event: 'authz_fail',
  level: 'CRITICAL',
  record: { msg: 'access denied' },
  count: 1,
}

interface Taken {
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A receiver that answers as it is told, one answer a try. */
async function receiver(
  t: ExecutionContext,
  ...answers: ((response: ServerResponse, request: IncomingMessage) => void)[]
) {
  const taken: Taken[] = []
  const served = await listening(
    t,
    createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8')
      request.on('data', (chunk: string) => {
        body += chunk
      })
      request.on('end', () => {
        taken.push({ headers: request.headers, body })
        const answer = answers[taken.length - 1] ?? answers.at(-1)
        answer?.(response, request)
      })
    }),
  )
  return { taken, url: `${served.url}/hook/s3cr3t-part`, port: served.port }
}

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    response.writeHead(code, headers).end('{}')

const quick: Partial<WebhookOptions> = { pauseMs: 1 }

test('an alert is posted as JSON, with an id, a time and the signature of Standard Webhooks', async (t) => {
  const { url, taken } = await receiver(t, status(204))
  const key = Buffer.from('0123456789abcdef0123456789abcdef')
  const secret = `whsec_${key.toString('base64')}`
  const webhook = createWebhook({ url, secret, headers: { 'X-Team': 'red' } })
  await webhook(alert)
  const [{ headers, body } = { headers: {}, body: '' }] = taken
  t.deepEqual(JSON.parse(body), alert)
  t.is(headers['content-type'], 'application/json')
  t.is(headers['x-team'], 'red')
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  const mac = createHmac('sha256', key).update(signed).digest('base64')
  t.is(headers['webhook-signature'], `v1,${mac}`)
  t.deepEqual(webhook.health(), { delivered: 1, failed: 0, retries: 0 })
})

test('what the receiver may take later is tried again under the same id', async (t) => {
  const reset = (response: ServerResponse) => response.destroy()
  const { url, taken } = await receiver(
    t,
    status(503),
    status(429, { 'retry-after': '0' }),
    reset,
    status(200),
  )
  const webhook = createWebhook({ ...quick, url })
  await webhook(alert)
  t.is(taken.length, 4)
  t.is(new Set(taken.map(({ headers }) => headers['webhook-id'])).size, 1)
  t.like(webhook.health(), { delivered: 1, failed: 0, retries: 3 })
})

test('what it refuses is given up at once, what it never takes after the last try', async (t) => {
  const refusing = await receiver(t, status(400))
  const webhook = createWebhook({ ...quick, url: refusing.url })
  await webhook(alert)
  t.is(refusing.taken.length, 1)
  t.deepEqual(webhook.health(), { delivered: 0, failed: 1, retries: 0, lastError: 'HTTP 400' })
  const broken = await receiver(t, status(500))
  const patient = createWebhook({ ...quick, url: broken.url, retries: 2 })
  await patient(alert)
  t.is(broken.taken.length, 3)
  t.like(patient.health(), { failed: 1, retries: 2, lastError: 'HTTP 500' })
})

test('a receiver that never answers is given up after the time of a try', async (t) => {
  const { url } = await receiver(t, () => {})
  const webhook = createWebhook({ ...quick, url, timeoutMs: 20, retries: 1 })
  await webhook(alert)
  t.like(webhook.health(), { failed: 1, retries: 1, lastError: 'TimeoutError' })
})

test('a redirect is not followed: the alert would go to somebody else', async (t) => {
  const other = await receiver(t, status(200))
  const { url } = await receiver(t, status(307, { location: other.url }))
  const webhook = createWebhook({ ...quick, url, retries: 0 })
  await webhook(alert)
  t.is(other.taken.length, 0)
  t.is(webhook.health().failed, 1)
})

test('a body of one’s own is posted; one that throws costs the shape, not the alert', async (t) => {
  const { url, taken } = await receiver(t, status(200))
  await createWebhook({ url, body: ({ event }) => ({ text: event }) })(alert)
  const faulty = createWebhook({
    url,
    body() {
      throw new Error('no')
    },
  })
  await faulty(alert)
  t.deepEqual(
    taken.map(({ body }) => JSON.parse(body)),
    [{ text: 'authz_fail' }, alert],
  )
})

const refused: Readonly<Record<string, unknown>> = {
  'no options': null,
  'no address': { url: 'nowhere' },
  'plain http to another machine': { url: 'http://alerts.example/x' },
  'a file': { url: 'file:///etc/passwd' },
  'a host that only begins like this machine': { url: 'http://127.0.0.1.example/x' },
  'a short secret': { url: 'https://a.example', secret: 'short' },
  'a body that is none': { url: 'https://a.example', body: 'text' },
  'headers that are none': { url: 'https://a.example', headers: { 'a b': 'x' } },
  'no time': { url: 'https://a.example', timeoutMs: 0 },
  'half a try': { url: 'https://a.example', retries: 0.5 },
  'a fetch that is none': { url: 'https://a.example', fetch: 7 },
}

for (const [what, options] of Object.entries(refused)) {
  test(`${what} is refused in a sentence that does not show the address`, (t) => {
    const error = t.throws(() => createWebhook(options as WebhookOptions), {
      instanceOf: SeclogError,
      code: 'SECLOG_OPTION_INVALID',
    })
    t.false(/example|passwd/.test(error?.message ?? ''))
  })
}
