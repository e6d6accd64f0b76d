/**
 * `node bench/security.mjs`, after `npm run build`: what a security event costs beside `log.info` of as much. Rounds alternate;
 * what is printed is the median of the rounds' ratios of processor time.
 */
import process from 'node:process'
import { createSecurityLogger } from '../dist/index.js'
import { formatOcsf, formatSyslog, onSecurityEvent } from '../dist/security/index.js'

let sink = 0
const destination = {
  write(line) {
    sink += line.length
  },
}
const users = Array.from({ length: 64 }, (_, index) => `user-${index}`)
const options = { service: 'shop', flood: false }
const log = createSecurityLogger(options, destination)
const guarded = createSecurityLogger({ service: 'shop' }, destination)
const record = JSON.parse(captured())

const cases = {
  'log.info, same fields': (i) =>
    log.info(
      {
        'event.category': ['authentication'],
        'event.type': ['start'],
        'event.outcome': 'failure',
        'event.action': 'authn_login_fail',
        'event.code': 'authn_login_fail',
        'event.severity': 47,
        user: { id: users[i & 63] },
        source: { ip: '203.0.113.7' },
      },
      'login failed',
    ),
  'log.security': (i) => event(log, i),
  'log.security, flood control': (i) => event(guarded, i + (Math.random() * 1e9) / 64),
  'log.security, a subscriber that counts': (i) => event(log, i),
  formatOcsf: () => {
    sink += Object.keys(formatOcsf(record)).length
  },
  'formatSyslog with CEF': () => {
    sink += formatSyslog(record).length
  },
}

function event(logger, i) {
  logger.security('authn_login_fail', { userid: users[i & 63], source: { ip: '203.0.113.7' } })
}

function captured() {
  let text = ''
  const once = createSecurityLogger({ service: 'shop' }, { write: (line) => (text = line) })
  once.security('authn_login_fail', { userid: 'bob', source: { ip: '203.0.113.7' } })
  return text
}

const calls = 4_000
const rounds = Number(process.argv[2] ?? 31)
const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]))
for (let round = -3; round < rounds; round++) {
  for (const [name, run] of Object.entries(cases)) {
    const subscription = name.includes('subscriber')
      ? onSecurityEvent(
          { event: 'authn_login_fail', by: 'user.id', count: 1_000, within: '1h' },
          () => {},
        )
      : undefined
    const before = process.cpuUsage()
    for (let i = 0; i < calls; i++) run(i)
    const { user, system } = process.cpuUsage(before)
    subscription?.end()
    if (round >= 0) times[name].push((user + system) / calls)
  }
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1]
const [base] = Object.keys(cases)
for (const name of Object.keys(cases)) {
  const ratio = median(times[name].map((time, round) => time / times[base][round]))
  console.log(
    `${name.padEnd(40)} ${median(times[name]).toFixed(2).padStart(6)} us  ${ratio.toFixed(2)}`,
  )
}
process.exitCode = sink > 0 ? 0 : 1
