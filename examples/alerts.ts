/**
 * Alerts for a chat and for a pager: `node alerts.js <address>` fails six logins from one place, and posts what comes of it to
 * `<address>/chat` and `<address>/pager`.
 */
import process from 'node:process'
import { createSecurityLogger } from 'seclog'
import { createWebhook, onSecurityEvent, type SecurityAlert } from 'seclog/security'

const [address = 'http://127.0.0.1:8080'] = process.argv.slice(2)

function summary({ event, key, count, record }: SecurityAlert): string {
  const times = count > 1 ? `${count} × ` : ''
  return `${times}${record['msg'] ?? event}${key === undefined ? '' : ` (${key})`}`
}

// A chat takes a text, as Slack's, Mattermost's and Teams' incoming webhooks do.
const chat = createWebhook({
  url: `${address}/chat`,
  body: (alert) => ({ text: `:rotating_light: ${summary(alert)}` }),
})

// A pager takes an event that opens one incident per key, as PagerDuty's Events API v2 does.
const pager = createWebhook({
  url: `${address}/pager`,
  body: (alert) => ({
    routing_key: process.env['PAGER_KEY'] ?? 'none',
    event_action: 'trigger',
    dedup_key: `${alert.event}:${alert.key ?? ''}`,
    payload: {
      summary: summary(alert),
      source: alert.record['hostname'] ?? 'unknown',
      severity: alert.level === 'CRITICAL' ? 'critical' : 'warning',
      custom_details: alert.record,
    },
  }),
})

onSecurityEvent({ event: 'authn_login_fail', by: 'source.ip', count: 5, within: '60s' }, chat)
onSecurityEvent({ level: 'CRITICAL' }, pager)

const log = createSecurityLogger({ service: 'shop' })
for (let attempt = 0; attempt < 6; attempt++) {
  log.security('authn_login_fail', { userid: 'joebob1', source: { ip: '203.0.113.7' } })
}
log.security('authn_token_reuse', { userid: 'joebob1', tokenid: 't-17' })
