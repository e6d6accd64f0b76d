/** One way to Elasticsearch under load: `node delivery-app.mjs NAME URL LINES FOLDER`; says when all are handed over. */
import { createRequire } from 'node:module'
import process from 'node:process'

const [, , name, url, count, folder] = process.argv
const lines = Number(count)
const fields = {
  scan_id: 's-42',
  package: 'left-pad',
  version: '1.3.0',
  verdict: 'clean',
  score: 7,
}

const ways = {
  async seclog() {
    const { createSecurityLogger } = await import('../dist/index.js')
    const { elasticsearchDestination } = await import('../dist/transports/index.js')
    const destination = elasticsearchDestination({ url, spool: folder, flushInterval: 100 })
    const log = createSecurityLogger({ service: 'scan-api', format: 'ecs' }, destination)
    return {
      log,
      health: () => destination.health(),
      end: () => new Promise((done) => destination.end(done)),
    }
  },
  async 'pino-elasticsearch'() {
    const fromProject = createRequire(new URL('../package.json', import.meta.url))
    const pino = fromProject('pino')
    const log = pino({
      transport: {
        target: 'pino-elasticsearch',
        options: {
          node: url,
          index: 'logs-scan-default',
          opType: 'create',
          flushBytes: 5_000_000,
          flushInterval: 1_000,
          esVersion: 8,
        },
      },
    })
    return { log, health: () => ({}), end: async () => {} }
  },
  async raw() {
    const http = await import('node:http')
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    const line = JSON.stringify({
      '@timestamp': new Date().toISOString(),
      'log.level': 'info',
      message: 'scan finished',
      ...fields,
    })
    const body = `{"create":{}}\n${line}\n`.repeat(1_000)
    for (let sent = 0; sent < lines; sent += 1_000) {
      await new Promise((resolve, reject) => {
        const request = http.request(`${url}/_bulk`, {
          method: 'POST',
          agent,
          headers: { 'content-type': 'application/x-ndjson' },
        })
        request
          .on('response', (response) => response.resume().on('end', resolve))
          .on('error', reject)
          .end(body)
      })
    }
    agent.destroy()
    return { end: async () => {} }
  },
}

const before = process.cpuUsage()
let highest = 0
const { log, health, end } = await ways[name]()
for (let n = 0; log !== undefined && n < lines; n++) {
  log.info({ ...fields, n }, 'scan finished')
  if (n % 200 === 199) {
    await new Promise(setImmediate)
    if (n % 20_000 === 199) highest = Math.max(highest, process.memoryUsage.rss())
  }
}
process.send({ handedOver: performance.now(), rss: highest, health: health?.() })
process.once('message', async () => {
  const { user, system } = process.cpuUsage(before)
  const used = {
    cpu: (user + system) / 1e6,
    rss: Math.max(highest, process.memoryUsage.rss()),
    health: health?.(),
  }
  process.send(used, async () => {
    await end()
    process.exit()
  })
})
