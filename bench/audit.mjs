/**
 * Records a second by fsync policy, beside what the disk itself takes, and verification of a large log with its memory.
 *
 * `node bench/audit.mjs [folder] [megabytes]`, after `npm run build`: the folder is on the disk to be measured.
 */
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { openAuditLog, verifyAuditLog } from '../dist/audit/index.js'
import { publicText, readPrivateKey } from '../dist/audit/keys.js'

const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'seclog-bench-'))
const megabytes = Number(process.argv[3] ?? 100)
const rootKey = randomBytes(32)
const rootPublicKey = publicText(readPrivateKey(rootKey))

/** About 400 bytes as a line. */
const fields = {
  user: { id: 'u-1042', name: 'alice' },
  source: { ip: '192.0.2.7', port: 52114 },
  http: { request: { method: 'POST' }, response: { status_code: 200 } },
  resource: 'projects/left-pad/settings',
  outcome: 'success',
}

try {
  print('fdatasync of 400 bytes, by the disk itself', diskRate())
  for (const [fsync, inFlight, count] of [
    ['none', 1000, 100_000],
    ['group', 1000, 50_000],
    ['group', 1, 300],
    ['always', 1000, 2_000],
    ['always', 1, 1_000],
  ]) {
    const name = `record, fsync ${fsync}, ${inFlight} in flight`
    print(name, await recordRate(join(folder, `${fsync}-${inFlight}`), fsync, inFlight, count))
  }
  await verification()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function diskRate() {
  const file = openSync(join(folder, 'disk'), 'a')
  const bytes = randomBytes(400)
  const begin = performance.now()
  for (let n = 0; n < 1000; n++) {
    writeSync(file, bytes)
    fdatasyncSync(file)
  }
  closeSync(file)
  return 1_000_000 / (performance.now() - begin)
}

async function recordRate(path, fsync, inFlight, count) {
  const log = await openAuditLog({ path, rootKey, fsync })
  const begin = performance.now()
  for (let done = 0; done < count; done += inFlight) {
    const receipts = Array.from({ length: inFlight }, () => log.record('authz_admin', fields))
    await Promise.all(receipts)
  }
  const rate = (count * 1000) / (performance.now() - begin)
  await log.close()
  return rate
}

async function verification() {
  const path = join(folder, 'large')
  const log = await openAuditLog({ path, rootKey, fsync: 'none' })
  while (statSync(path).size < megabytes * 1e6)
    await Promise.all(Array.from({ length: 10_000 }, () => log.record('authz_admin', fields)))
  await log.close()
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 5)
  const begin = performance.now()
  const { code, lines } = await verifyAuditLog(path, { rootPublicKey })
  clearInterval(watch)
  print(`verify ${megabytes} MB: ${code}`, (lines * 1000) / (performance.now() - begin))
  console.log(`memory beyond that before it: ${((most - before) / 1e6).toFixed(0)} MB`)
}

function print(name, rate) {
  console.log(`${name.padEnd(48)}${Math.round(rate).toLocaleString('en')} a second`)
}
