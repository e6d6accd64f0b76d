import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import test, { type ExecutionContext } from 'ava'
import {
  type AuditAnchor,
  type AuditCheckpoint,
  type AuditLogOptions,
  openAuditLog,
} from '../../src/audit/index.js'
import { verifyAuditBytes } from '../../src/audit/verify.js'
import { type Material, mutations, randomFrom } from './mutations.js'
import { logOptions, rootPublicKey } from './parts.js'

/** Ten thousand by the command of its own. */
const rounds = Number(process.env['SECLOG_AUDIT_MUTATIONS'] ?? 400)

async function closedLog(t: ExecutionContext, id: string, count: number) {
  const anchors: AuditCheckpoint[] = []
  const options: AuditLogOptions = logOptions(t, {
    id,
    fsync: 'none',
    checkpoint: { records: 4, intervalMs: 86_400_000, heartbeatMs: 86_400_000 },
    onCheckpoint: (checkpoint) => anchors.push(checkpoint),
  })
  const log = await openAuditLog(options)
  for (let index = 0; index < count; index++)
    await log.record('authz_admin', { index, user: 'alice', note: 'ünïcode “quotes”' })
  await log.close()
  return { log: readFileSync(options.path), anchors }
}

test('every mutation of a closed log is detected', async (t) => {
  const { log, anchors } = await closedLog(t, 'one', 10)
  const { log: other } = await closedLog(t, 'two', 10)
  const wrongKey = generateKeyPairSync('ed25519').privateKey
  const material: Material = { log, other, wrongKey, anchors }
  const seed = Date.now() % 1_000_000
  const random = randomFrom(seed)
  const names = Object.keys(mutations)
  t.is(verifyAuditBytes(log, { rootPublicKey, anchors }).code, 'OK')
  const changed = new Map<string, number>()
  let needAnchor = 0
  for (let round = 0, done = 0; done < rounds; round++) {
    const name = names[round % names.length] ?? ''
    const mutated = mutations[name]?.(material, random) ?? log
    if (mutated.equals(log)) continue
    done++
    changed.set(name, (changed.get(name) ?? 0) + 1)
    const { code } = verifyAuditBytes(mutated, { rootPublicKey, anchors })
    if (code === 'OK' || code === 'OK_UNSEALED_TAIL') t.fail(`${name}: ${code}, seed ${seed}`)
    // Without an anchor only a cut at the end of a line passes, up to the cut.
    const alone = verifyAuditBytes(mutated, { rootPublicKey }).code
    if (alone !== 'OK' && alone !== 'OK_UNSEALED_TAIL') continue
    needAnchor++
    if (!log.subarray(0, mutated.length).equals(mutated) && !isOtherChain(mutated, other))
      t.fail(`${name} passes without anchors, seed ${seed}`)
  }
  t.is(changed.size, names.length)
  t.log(
    `${[...changed.values()].reduce((a, b) => a + b)} changed, ${needAnchor} shown by the anchor only`,
  )
})

/** A whole log of another chain verifies, unless an anchor or the id says which one it has to be. */
const isOtherChain = (mutated: Buffer, other: Buffer) =>
  other.subarray(0, mutated.length).equals(mutated)

test('every single flipped bit of a closed log is detected without an anchor', async (t) => {
  const { log } = await closedLog(t, 'bits', 1)
  const missed: number[] = []
  for (let bit = 0; bit < log.length * 8; bit++) {
    const bytes = Buffer.from(log)
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    const { code } = verifyAuditBytes(bytes, { rootPublicKey })
    if (code === 'OK' || code === 'OK_UNSEALED_TAIL') missed.push(bit)
  }
  t.deepEqual(missed, [])
})

test('bytes that are no log at all never make the verifier throw', (t) => {
  const random = randomFrom(7)
  const head = '{"audit":{"v":1,"id":"x","seq":0,"prev":"'
  for (let round = 0; round < 500; round++) {
    const noise = Buffer.from(Array.from({ length: random(300) }, () => random(256)))
    const bytes = Buffer.concat([
      Buffer.from(head.slice(0, random(head.length + 1))),
      noise,
      Buffer.from(['', '\n', '"}}\n', '\n\n'][random(4)] ?? ''),
    ])
    t.false(verifyAuditBytes(bytes, { rootPublicKey }).ok)
  }
})

test('whole lines cut behind the last anchor pass, as the documentation says', async (t) => {
  const { log, anchors } = await closedLog(t, 'cut', 10)
  const early: AuditAnchor[] = anchors.slice(0, 2)
  const cut = log.subarray(0, log.lastIndexOf(10, log.length - 2) + 1)
  t.is(verifyAuditBytes(cut, { rootPublicKey, anchors: early }).code, 'OK_UNSEALED_TAIL')
  t.is(verifyAuditBytes(cut, { rootPublicKey, anchors }).code, 'TRUNCATED')
})
