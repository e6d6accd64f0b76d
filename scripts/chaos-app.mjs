/** The app of chaos.mjs: logs numbered lines, says in a file how many were logged, and ends when they are delivered. */
import { openSync, writeFileSync, writeSync } from 'node:fs'
import process from 'node:process'
import { createSecurityLogger } from '../dist/index.js'
import { elasticsearchDestination } from '../dist/transports/index.js'

const { delivery, first, count, perTick, loggedPath, healthPath, patienceMs } = JSON.parse(
  process.argv[2],
)
const destination = elasticsearchDestination(delivery)
const log = createSecurityLogger({ service: 'chaos', format: 'ecs' }, destination)
const logged = openSync(loggedPath, 'w')

for (let n = first; n < first + count; n++) {
  log.info(`line ${n}`)
  writeSync(logged, String(n + 1).padEnd(12), 0)
  if ((n + 1) % perTick === 0) await new Promise((resolve) => setTimeout(resolve, 20))
}
const until = performance.now() + patienceMs
while (
  destination.health().backlog + destination.health().waiting > 0 &&
  performance.now() < until
) {
  await new Promise((resolve) => setTimeout(resolve, 20))
}
await new Promise((resolve) => destination.end(resolve))
writeFileSync(
  healthPath,
  JSON.stringify({ ...destination.health(), refused: log.health().dropped }),
)
