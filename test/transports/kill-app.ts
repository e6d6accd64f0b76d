import { openSync, writeSync } from 'node:fs'
import process from 'node:process'
import { elasticsearchDestination } from '../../src/transports/index.js'

/** Logs numbers without end, and says of each, after the call, that it was logged. */
const [, , url = '', spool = '', first = '0', logged = ''] = process.argv
const fd = openSync(logged, 'w')
const destination = elasticsearchDestination({
  url,
  spool,
  flushInterval: 0,
  retryDelay: { min: 1, max: 20 },
  segmentBytes: 65_536,
})
for (let n = Number(first); ; n++) {
  destination.write(`{"@timestamp":"2026-11-27T12:00:00.000Z","n":${n}}\n`)
  writeSync(fd, String(n + 1).padEnd(12), 0)
  if (n % 50 === 0) await new Promise((resolve) => process.send?.(n, resolve))
}
