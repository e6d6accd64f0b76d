/**
 * Kills a writer of an audit log at random moments and looks whether anything that was acknowledged is gone.
 *
 * `node scripts/audit-kill.mjs [runs]`, after `npm run build`; 200 runs unless told. Exits with 1 when a run fails.
 */
import { spawn } from 'node:child_process'
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const { openAuditLog, verifyAuditLog, auditLogFiles } = await import('../dist/audit/index.js')

/** Hashes of the lines that the writers of one log have told of, by number. */
const told = new Map()

if (process.argv[2] === 'write') await write(process.argv[3], process.argv[4])
else process.exitCode = await main(Number(process.argv[2] ?? 200))

/** Writes until it is killed, and says each receipt and each checkpoint. */
async function write(path, seed) {
  const fsync = ['none', 'group', 'always'][Number(seed) % 3]
  const say = (kind, { seq, h }) => process.stdout.write(`${kind} ${seq} ${h}\n`)
  const log = await openAuditLog({
    path,
    rootKey: Buffer.from(createHash('sha256').update(path).digest()),
    fsync,
    checkpoint: { records: 5, intervalMs: 3, heartbeatMs: 10 },
    rotate: { bytes: 8192 },
    onCheckpoint: (checkpoint) => say('checkpoint', checkpoint),
  })
  for (let n = 0; ; n++) {
    const receipts = await Promise.all(
      Array.from({ length: 1 + (n % 7) }, (_, index) => log.record('event', { n, index })),
    )
    for (const receipt of receipts) say('record', receipt)
  }
}

async function main(runs) {
  const folder = mkdtempSync(join(tmpdir(), 'seclog-kill-'))
  let failures = 0
  let acknowledged = 0
  try {
    for (let run = 0; run < runs; run++) {
      // Each log goes through five deaths.
      const path = join(folder, `audit-${run - (run % 5)}.log`)
      if (run % 5 === 0) told.clear()
      await live(path, run)
      acknowledged = told.size
      const problem = await inspect(path)
      if (problem === undefined) continue
      failures++
      console.log(`run ${run}: ${problem}`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  console.log(`${runs} kills, ${failures} failed; ${acknowledged} receipts in the last log`)
  return failures === 0 ? 0 : 1
}

function live(path, run) {
  const child = spawn(
    process.execPath,
    [fileURLToPath(import.meta.url), 'write', path, String(run)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const least = Math.floor(Math.random() * 40)
  let seen = 0
  const exited = new Promise((resolve) => child.once('close', resolve))
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, seq, h, ...more] = line.split(' ')
    // The kill may cut the last line that was said.
    if (h?.length === 43 && more.length === 0) told.set(Number(seq), h)
    if (++seen === least + 1) setTimeout(() => child.kill('SIGKILL'), Math.random() * 8)
  })
  return exited
}

async function inspect(path) {
  const rootKey = createHash('sha256').update(path).digest()
  const log = await openAuditLog({ path, rootKey: Buffer.from(rootKey) })
  await log.close()
  const anchors = [...told].map(([seq, h]) => ({ id: log.id, seq, h }))
  const files = await auditLogFiles(path)
  const { code, message } = await verifyAuditLog(files, {
    rootPublicKey: publicOf(rootKey),
    anchors,
    now: Date.now(),
  })
  if (code !== 'OK') return message
  const there = new Set()
  for (const file of files)
    for await (const line of createInterface({ input: createReadStream(file) }))
      there.add(
        `${JSON.parse(line).audit.seq} ${createHash('sha256').update('\0').update(line).digest('base64url')}`,
      )
  const gone = [...told].filter(([seq, h]) => !there.has(`${seq} ${h}`))
  return gone.length === 0 ? undefined : `${gone.length} acknowledged lines are gone`
}

function publicOf(seed) {
  const header = Buffer.from('302e020100300506032b657004220420', 'hex')
  return createPublicKey(
    createPrivateKey({ key: Buffer.concat([header, seed]), format: 'der', type: 'pkcs8' }),
  )
}
