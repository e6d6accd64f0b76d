import { spawnSync } from 'node:child_process'
import { createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import test from 'ava'
import {
  firstPrev,
  leafHash,
  linePrefix,
  signedPrefix,
  withSignature,
} from '../../src/audit/format.js'
import {
  type AuditCheckpoint,
  type AuditCode,
  auditCodes,
  auditExitCode,
  openAuditLog,
  verifyAuditLog,
} from '../../src/audit/index.js'
import { publicText, readPublicKey } from '../../src/audit/keys.js'
import { isStrictObject } from '../../src/audit/strict-json.js'
import { verifyAuditBytes } from '../../src/audit/verify.js'
import { logOptions, root, rootPublicKey } from './parts.js'

const strict = (text: string | Buffer) => isStrictObject(Buffer.from(text as string))

test('JSON is read as strictly as RFC 8259 has it', (t) => {
  const good = [
    '{}',
    '{"a":{},"b":[],"c":[1,-0,1.5e+3,2E-1,0.1],"d":true,"e":false,"f":null}',
    '{ "a" : [ 1 , "x" ] , "b" : "\\u00e9\\n\\"\\\\\\/" }',
    '{"é":1,"e":2}',
    '{"\\ud800":1,"\\ufffd":2}',
    `{${Array.from({ length: 40 }, (_, n) => `"k${n}":${n}`).join()}}`,
  ]
  const bad = [
    '',
    '[]',
    '{"a":1}x',
    'x{}',
    '{"a":1,}',
    '{"a":1,,"b":2}',
    '{a:1}',
    '{"a" 1}',
    '{"a":}',
    '{"a":01}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":1e}',
    '{"a":-}',
    '{"a":+1}',
    '{"a":tru}',
    '{"a":"\\x"}',
    '{"a":"\\u12g4"}',
    '{"a":"\\u12}',
    '{"a":"\t"}',
    '{"a":"b}',
    '{"a":[1,]}',
    '{"a":[1 2]}',
    '{"a":[}',
    '{"a":1 "b":2}',
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"é":1,"\\u00e9":2}',
    '{"\\ud800":1,"\\uD800":2}',
    '{"x":[{"b":1,"b":1}]}',
    `{${Array.from({ length: 40 }, (_, n) => `"k${n % 39}":${n}`).join()}}`,
    `{"a":${'['.repeat(70)}${']'.repeat(70)}}`,
    `${'{"a":'.repeat(70)}1${'}'.repeat(70)}`,
    Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    Buffer.from([0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
  ]
  for (const text of good) t.true(strict(text), String(text))
  for (const text of bad) t.false(strict(text), String(text))
})

const next = 'A'.repeat(43)

/** A log of signed lines whose `ckpt` is as given, each by the key that the one before announces. */
function signedLog(...ckpts: ((keyText: string) => object)[]): Buffer {
  let key = root.privateKey
  let prev = firstPrev
  const lines = ckpts.map((ckpt, seq) => {
    const following = generateKeyPairSync('ed25519').privateKey
    const text = linePrefix('x', seq, prev, seq === 0 ? 'open' : 'ckpt')
    const before = Buffer.from(`${text},"ckpt":${JSON.stringify(ckpt(publicText(following)))}`)
    const line = withSignature(before, sign(null, Buffer.concat([signedPrefix, before]), key))
    prev = leafHash(line)
    key = following
    return Buffer.concat([line, Buffer.from('\n')])
  })
  return Buffer.concat(lines)
}

test('a signed line says exactly what it has to, however well it is signed', (t) => {
  const time = '2026-11-20T12:00:00.000Z'
  const open = (pk: string) => ({ time, pk })
  const check = (expected: AuditCode, ...ckpts: ((keyText: string) => object)[]) =>
    t.is(verifyAuditBytes(signedLog(...ckpts), { rootPublicKey }).code, expected)
  check('OK', open)
  check('OK', open, (key) => ({ time, n: 0, why: 'count', next: key }))
  check('OK', open, (key) => ({ time, n: 0, why: 'recover', next: key, torn: { bytes: 1 } }))
  check('MALFORMED', (pk) => ({ time, pk, more: 1 }))
  check('MALFORMED', (pk) => ({ pk, time }))
  check('MALFORMED', () => [])
  check('MALFORMED', (pk) => ({ time: 'noon', pk }))
  check('MALFORMED', (pk) => ({ time: '2026-13-20T12:00:00.000Z', pk }))
  check('MALFORMED', () => ({ time, pk: 'short' }))
  check('MALFORMED', open, (key) => ({ time, n: 0, why: 'count', next: key, more: 1 }))
  check('MALFORMED', open, (key) => ({ time, n: -1, why: 'count', next: key }))
  check('MALFORMED', open, (key) => ({ time, n: 0, why: 'boredom', next: key }))
  check(
    'BAD_SIGNATURE',
    open,
    () => ({ time, n: 0, why: 'count', next }),
    (key) => ({
      time,
      n: 1,
      why: 'count',
      next: key,
    }),
  )
  const later = '2026-11-21T12:00:00.000Z'
  const told = (why: string, at: string, n: number) => (key: string) => ({
    time: at,
    n,
    why,
    next: key,
  })
  check('CHECKPOINT_GAP', open, told('interval', later, 0))
  check('OK', open, told('recover', later, 0))
  check('OK', open, told('close', time, 0), told('interval', later, 1))
})

test('lines beyond any length, with and without an end, are refused without being held', (t) => {
  const long = Buffer.alloc(3_000_000, 'x')
  t.is(verifyAuditBytes(long, { rootPublicKey }).code, 'MALFORMED')
  long[long.length - 1] = 10
  t.is(verifyAuditBytes(long, { rootPublicKey }).code, 'MALFORMED')
  const prefix = Buffer.from(`${linePrefix('x', 9007199254740992, firstPrev)}}\n`)
  t.is(verifyAuditBytes(prefix, { rootPublicKey }).code, 'MALFORMED')
})

test('what cannot be verified is said, not thrown', async (t) => {
  const rules = { rootPublicKey }
  t.is((await verifyAuditLog('/no/such/file', rules)).code, 'UNREADABLE')
  t.is((await verifyAuditLog([], rules)).code, 'EMPTY')
  const anchor = { id: 'a', seq: 1, h: next }
  const start = { ...anchor, n: 0, why: 'count', time: '2026-11-20T12:00:00.000Z', next }
  const wrong: object[] = [
    { rootPublicKey: 'x' },
    { rootPublicKey: undefined },
    { rootPublicKey: new Uint8Array(3) },
    { anchors: [{ ...anchor, h: 'x' }] },
    { anchors: [null] },
    { anchors: 7 },
    { anchors: [anchor, { ...anchor, id: 'b' }] },
    { anchors: [anchor], id: 'b' },
    { now: 'noon' },
    { maxGapMs: 0 },
    { start: { ...start, next: '' } },
  ]
  for (const options of wrong) {
    const { code, ok, message } = await verifyAuditLog([], { ...rules, ...options } as never)
    t.deepEqual([code, ok], ['BAD_OPTIONS', false], message)
  }
  t.is((await verifyAuditLog([], undefined as never)).code, 'BAD_OPTIONS')
  t.is((await verifyAuditLog(null as never, rules)).code, 'UNREADABLE')
  t.is((await verifyAuditLog([], { ...rules, start: start as AuditCheckpoint })).code, 'EMPTY')
})

test('a root key is taken in each of its forms', async (t) => {
  const options = logOptions(t)
  const pem = root.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string
  await (await openAuditLog({ ...options, rootKey: pem })).close()
  const text = publicText(root.publicKey)
  const forms = [
    root.publicKey,
    root.privateKey,
    text,
    Buffer.from(text, 'base64url'),
    root.publicKey.export({ format: 'pem', type: 'spki' }) as string,
  ]
  for (const form of forms) t.true((await verifyAuditLog(options.path, { rootPublicKey: form })).ok)
  const seed = Buffer.from(root.privateKey.export({ format: 'jwk' }).d ?? '', 'base64url')
  const other = { ...options, path: `${options.path}2`, rootKey: seed }
  await (await openAuditLog(other)).close()
  t.true((await verifyAuditLog(other.path, { rootPublicKey })).ok)
  t.throws(() => readPublicKey(createPublicKey(generateKeyPairSync('x25519').privateKey)))
})

test('another chain under the same root key is told by its anchors and its id', async (t) => {
  const anchors: AuditCheckpoint[] = []
  const one = logOptions(t, { onCheckpoint: (checkpoint) => anchors.push(checkpoint) })
  await (await openAuditLog(one)).close()
  const two = logOptions(t, { id: 'other' })
  await (await openAuditLog(two)).close()
  t.is((await verifyAuditLog(two.path, { rootPublicKey, anchors })).code, 'WRONG_CHAIN')
  t.is((await verifyAuditLog(two.path, { rootPublicKey, id: 'test' })).code, 'WRONG_CHAIN')
  t.is((await verifyAuditLog([one.path, two.path], { rootPublicKey })).code, 'WRONG_CHAIN')
})

test('the message of a fork names file and line, and contradicting anchors are one', async (t) => {
  const options = logOptions(t)
  const log = await openAuditLog(options)
  const { seq = 0, h = '' } = await log.record('a')
  await log.close()
  const anchors = [
    { id: 'test', seq, h },
    { id: 'test', seq, h: next },
  ]
  const { code, message } = await verifyAuditLog(options.path, { rootPublicKey, anchors })
  t.is(code, 'FORKED')
  t.regex(message, /audit\.log, line 2/)
})

test('a torn line in a file that is not the last one is found there', async (t) => {
  const options = logOptions(t)
  await (await openAuditLog(options)).close()
  const bytes = readFileSync(options.path)
  writeFileSync(`${options.path}.cut`, bytes.subarray(0, -5))
  const result = await verifyAuditLog([`${options.path}.cut`, options.path], { rootPublicKey })
  t.like(result, { code: 'TORN', file: `${options.path}.cut`, line: 2, seq: 1 })
})

test('exit codes tell whole, tampered, not verifiable and unsealed apart', (t) => {
  const codes = Object.keys(auditCodes) as AuditCode[]
  t.deepEqual(
    codes.filter((code) => auditExitCode(code) !== 1),
    ['OK', 'OK_UNSEALED_TAIL', 'UNREADABLE', 'BAD_OPTIONS'],
  )
  t.deepEqual([auditExitCode('OK'), auditExitCode('OK_UNSEALED_TAIL')], [0, 3])
  t.deepEqual([auditExitCode('UNREADABLE'), auditExitCode('BAD_OPTIONS')], [2, 2])
})

test('a large file is verified in constant memory', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'seclog-audit-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'large.log')
  const opening = signedLog((pk) => ({ time: '2026-11-20T12:00:00.000Z', pk }))
  let prev = leafHash(opening.subarray(0, -1))
  const file = openSync(path, 'w')
  writeSync(file, opening)
  const filler = randomBytes(30_000).toString('base64url')
  let size = opening.length
  let seq = 1
  for (; size < 96 * 1024 * 1024; seq++) {
    const line = Buffer.from(`${linePrefix('x', seq, prev)},"filler":"${filler}"}`)
    prev = leafHash(line)
    size += writeSync(file, Buffer.concat([line, Buffer.from('\n')]))
  }
  closeSync(file)
  // In a process of its own, whose memory nothing else takes.
  const script = `import(${JSON.stringify(new URL('../../src/audit/index.js', import.meta.url).href)})
    .then(async ({ verifyAuditLog }) => {
      const before = process.memoryUsage().rss
      const { code, unsealed, offset } = await verifyAuditLog(process.argv[1], { rootPublicKey: process.argv[2] })
      console.log(JSON.stringify({ code, unsealed, offset, grown: process.memoryUsage().rss - before }))
    })`
  const { stdout } = spawnSync(process.execPath, ['-e', script, path, publicText(root.publicKey)], {
    encoding: 'utf8',
  })
  const { grown, ...result } = JSON.parse(stdout)
  t.deepEqual(result, { code: 'OK_UNSEALED_TAIL', unsealed: seq - 1, offset: size })
  t.true(grown < 64 * 1024 * 1024, `${grown} bytes`)
})
