import { generateKeyPairSync } from 'node:crypto'
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type AuditCheckpoint, openAuditLog } from '../../src/audit/index.js'
import { lines, runSeclog } from './run-seclog.js'

interface Trail {
  readonly folder: string
  readonly log: string
  /** File of the public root key. */
  readonly key: string
  /** The same key, in base64url. */
  readonly keyText: string
  readonly checkpoints: readonly AuditCheckpoint[]
}

async function trail(t: ExecutionContext, rotate = false): Promise<Trail> {
  const folder = mkdtempSync(join(tmpdir(), 'seclog-verify-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const log = join(folder, 'audit.log')
  const checkpoints: AuditCheckpoint[] = []
  const audit = await openAuditLog({
    path: log,
    rootKey: privateKey,
    onCheckpoint: (checkpoint) => checkpoints.push(checkpoint),
  })
  await audit.record('authz_admin', { user: 'alice' })
  if (rotate) await audit.rotate()
  await audit.record('authz_admin', { user: 'bob' })
  await audit.close()
  const key = join(folder, 'root.pem')
  writeFileSync(key, publicKey.export({ type: 'spki', format: 'pem' }))
  return { folder, log, key, keyText: publicKey.export({ format: 'jwk' }).x ?? '', checkpoints }
}

test('a log that is as it was written has status 0, with its rotated files, by either form of the key', async (t) => {
  const { log, key, keyText } = await trail(t, true)
  for (const given of [key, keyText]) {
    const { code, stdout, stderr } = await runSeclog(['verify', '--root-key', given, log])
    t.is(stderr, '')
    t.is(code, 0)
    t.regex(stdout, /^OK .*audit\.log:\d+: seq \d+: Every line is as it was written/)
    t.regex(stdout, /\n\d+ lines and \d checkpoints read, sealed through seq \d+, 0 not sealed/)
  }
})

test('a key that begins with a dash is no option', async (t) => {
  const { log } = await trail(t)
  const { code, stderr } = await runSeclog(['verify', '--root-key', `-${'a'.repeat(42)}`, log])
  t.not(code, 0)
  t.notRegex(stderr, /ambiguous|nknown option/)
})

test('an altered line has status 1, and is named', async (t) => {
  const { log, key } = await trail(t)
  writeFileSync(log, readFileSync(log, 'utf8').replace('alice', 'mallo'))
  const { code, stdout } = await runSeclog(['verify', '--root-key', key, '--json', log])
  t.is(code, 1)
  t.like(JSON.parse(stdout), { code: 'CHAIN_BROKEN', ok: false, file: log })
})

test('a log that was cut is found by anchors, plain or in log lines', async (t) => {
  const { folder, log, key, checkpoints } = await trail(t)
  const text = readFileSync(log, 'utf8')
  const anchors = join(folder, 'anchors.jsonl')
  for (const kept of [
    checkpoints,
    checkpoints.map((checkpoint) => ({ level: 'info', checkpoint })),
  ]) {
    writeFileSync(log, text)
    writeFileSync(anchors, lines(kept))
    const args = ['verify', '--root-key', key, '--anchors', anchors, log]
    t.is((await runSeclog(args)).code, 0)
    truncateSync(log, text.indexOf('\n') + 1)
    const { code, stdout } = await runSeclog(args)
    t.is(code, 1)
    t.regex(stdout, /^TRUNCATED /)
  }
})

test('records behind the last checkpoint have status 3', async (t) => {
  const { log, key } = await trail(t)
  const text = readFileSync(log, 'utf8')
  const records = text.split('\n').slice(0, 2)
  writeFileSync(log, `${records.join('\n')}\n`)
  const { code, stdout } = await runSeclog(['verify', '--root-key', key, log])
  t.is(code, 3, stdout)
  t.regex(stdout, /^OK_UNSEALED_TAIL /)
})

test('older files may be gone, if the checkpoint at their end was kept', async (t) => {
  const { folder, log, key, checkpoints } = await trail(t, true)
  const start = join(folder, 'start.json')
  for (const file of readdirSync(folder))
    if (/^audit\.log\.\d+$/.test(file)) rmSync(join(folder, file))
  writeFileSync(start, lines(checkpoints.filter(({ why }) => why === 'rotate')))
  t.is((await runSeclog(['verify', '--root-key', key, '--start', start, log])).code, 0)
  t.is((await runSeclog(['verify', '--root-key', key, log])).code, 1)
})

test('a log that is not written any more is stale when it should be live', async (t) => {
  const { log, key } = await trail(t)
  const args = ['verify', '--root-key', key, '--live', log, '--max-gap']
  t.is((await runSeclog([...args, '1h'])).code, 0)
  t.regex((await runSeclog([...args, '1ms'])).stdout, /^(?:STALE_END|CHECKPOINT_GAP) /)
})

test('what cannot be verified has status 2 and says what to do', async (t) => {
  const { folder, log, key } = await trail(t)
  const empty = join(folder, 'empty.jsonl')
  appendFileSync(empty, '{"msg":"x"}\n')
  const refused: [string[], RegExp][] = [
    [['verify', log], /Say with --root-key whose signature/],
    [['verify', '--root-key', key], /Name the audit log/],
    [
      ['verify', '--root-key', join(folder, 'gone'), log],
      /neither 43 characters of base64url nor a file/,
    ],
    [['verify', '--root-key', key, '--anchors', empty, log], /holds no checkpoint/],
    [['verify', '--root-key', key, '--anchors', join(folder, 'gone'), log], /cannot be read/],
    [['verify', '--root-key', key, '--max-gap', 'long', log], /takes a time such as/],
    [['verify', '--root-key', key, join(folder, 'gone.log')], /UNREADABLE/],
    [['verify', '--root-key', empty, log], /BAD_OPTIONS/],
  ]
  for (const [args, sentence] of refused) {
    const { code, stdout, stderr } = await runSeclog(args)
    t.is(code, 2, stdout + stderr)
    t.regex(stdout + stderr, sentence)
  }
})
