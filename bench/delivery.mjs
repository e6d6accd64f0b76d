/**
 * Documents a second into a server that takes all it is given, beside pino-elasticsearch and the raw limit of `_bulk`; and memory while the
 * server is away for a million lines. Each way has a process of its own, and so has the server.
 *
 * `node bench/delivery.mjs [lines]`, after `npm run build && npm ci --prefix bench`.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const lines = Number(process.argv[2] ?? 200_000)
const script = (name) => new URL(name, import.meta.url)

console.log(
  `${lines.toLocaleString('en')} lines; CPU of the process that logs, its threads included`,
)
console.log('| way | documents a second | CPU a document, µs | memory, MB |')
console.log('|---|---|---|---|')
for (const name of ['raw', 'seclog', 'pino-elasticsearch']) await measure(name)
await away(lines * 5)

async function measure(name) {
  const server = fork(script('delivery-server.mjs'))
  const [{ port }] = await once(server, 'message')
  const folder = mkdtempSync(join(tmpdir(), 'seclog-bench-'))
  const began = performance.now()
  const app = fork(script('delivery-app.mjs'), [name, `http://127.0.0.1:${port}`, lines, folder])
  const late = setTimeout(() => app.kill('SIGKILL'), 120_000)
  let taken = 0
  const all = new Promise((resolve) => {
    server.on('message', ({ documents }) => {
      taken = documents
      if (taken >= lines) resolve()
    })
    app.once('exit', resolve)
  })
  await all
  const seconds = (performance.now() - began) / 1_000
  if (app.connected) {
    app.send('report')
    const [{ cpu, rss }] = await once(app, 'message', { signal: AbortSignal.timeout(30_000) }).then(
      async (first) => ('cpu' in first[0] ? first : once(app, 'message')),
    )
    const missing = taken < lines ? ` (${lines - taken} missing)` : ''
    console.log(
      `| ${name} | ${Math.round(taken / seconds).toLocaleString('en')}${missing} | ${((cpu * 1e6) / taken).toFixed(1)} | ${Math.round(rss / 1e6)} |`,
    )
  } else console.log(`| ${name} | ended with ${taken} of ${lines} | | |`)
  clearTimeout(late)
  app.kill()
  server.disconnect()
  rmSync(folder, { recursive: true, force: true })
}

async function away(count) {
  const folder = mkdtempSync(join(tmpdir(), 'seclog-bench-'))
  const app = fork(script('delivery-app.mjs'), ['seclog', 'http://127.0.0.1:9', count, folder], {
    execArgv: ['--no-warnings'],
  })
  const [{ rss, health }] = await once(app, 'message')
  console.log(
    `\nServer away for ${count.toLocaleString('en')} lines: ${Math.round(rss / 1e6)} MB of memory at most, ${Math.round(health.bytes / 1e6)} MB on the disk, ` +
      `${health.backlog.toLocaleString('en')} lines wait, ${health.dropped.full.toLocaleString('en')} were dropped and counted`,
  )
  app.kill()
  rmSync(folder, { recursive: true, force: true })
}
