import { readFileSync } from 'node:fs'
import test from 'ava'
import type { VerifyAuditLogOptions } from '../../src/audit/index.js'
import { verifyAuditBytes } from '../../src/audit/verify.js'

interface Vector {
  readonly name: string
  readonly expect: string
  readonly seq: number
  readonly offset: number
  readonly verifiedThrough: number
  readonly options: { rootPk?: string; anchors?: []; now?: string }
  readonly file: string
}

const vectors = JSON.parse(readFileSync('test/data/audit-vectors.json', 'utf8')) as {
  readonly rootPublicKey: string
  readonly maxGapMs: number
  readonly cases: readonly Vector[]
}

for (const { name, options, file, ...expected } of vectors.cases) {
  test(`the verifier says ${expected.expect} of the vector ${name}`, (t) => {
    const { rootPk, ...given } = options
    const rules: VerifyAuditLogOptions = {
      rootPublicKey: rootPk ?? vectors.rootPublicKey,
      maxGapMs: vectors.maxGapMs,
      ...given,
    }
    const { code, seq, offset, verifiedThrough } = verifyAuditBytes(
      Buffer.from(file, 'base64'),
      rules,
    )
    t.deepEqual({ expect: code, seq, offset, verifiedThrough }, expected)
  })
}

test('there are 48 vectors', (t) => {
  t.is(vectors.cases.length, 48)
})
