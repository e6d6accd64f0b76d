import { createServer } from 'node:http'
import test from 'ava'
import { listening } from '../http/serving.js'
import { runExample } from './run.js'

test('a burst of failed logins reaches the chat once, a reused token the pager', async (t) => {
  const posted: [path: string | undefined, body: unknown][] = []
  const { url } = await listening(
    t,
    createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      posted.push([request.url, JSON.parse(body)])
      response.writeHead(204).end()
    }),
  )
  const { code, stderr } = await runExample('alerts.js', [url])
  t.is(code, 0, stderr)
  t.is(stderr, '')
  t.is(posted.length, 2)
  const bodies = Object.fromEntries(posted)
  t.deepEqual(bodies['/chat'], { text: ':rotating_light: 5 × login failed (203.0.113.7)' })
  t.like(bodies['/pager'], {
    event_action: 'trigger',
    dedup_key: 'authn_token_reuse:',
    payload: { summary: 'revoked token used again', severity: 'critical' },
  })
})
