import { constants, open } from 'node:fs/promises'
import { ChainVerifier } from './chain-verifier.js'
import { longestLine } from './format.js'
import { type AuditCode, type AuditVerification, auditCodes } from './verification.js'
import {
  readVerifyOptions,
  unfulfillableRules,
  type VerifyAuditLogOptions,
  type VerifyRules,
} from './verify-options.js'

/**
 * Verifies an audit log: reads its files once, as a stream, in constant memory. Never throws and never rejects.
 *
 * @param paths - The files of one chain, oldest first, as `auditLogFiles` lists them.
 *
 * @example
 * ```ts
 * const { ok, code, message } = await verifyAuditLog(await auditLogFiles('audit.log'), { rootPublicKey, anchors })
 * ```
 */
export async function verifyAuditLog(
  paths: string | readonly string[],
  options: VerifyAuditLogOptions,
): Promise<AuditVerification> {
  let walk: Walk | undefined
  try {
    const rules = readVerifyOptions(options)
    walk = new Walk(rules)
    for (const path of typeof paths === 'string' ? [paths] : paths) {
      const wrong = await walkFile(walk, path)
      if (wrong !== undefined) return walk.result(wrong)
    }
    return walk.end()
  } catch (error) {
    const failed = walk ?? new Walk(unfulfillableRules())
    const code = walk === undefined ? 'BAD_OPTIONS' : 'UNREADABLE'
    return failed.result(code, failed.verifier.seq, describe(error))
  }
}

/** As {@link verifyAuditLog}, of bytes. */
export function verifyAuditBytes(
  bytes: Uint8Array,
  options: VerifyAuditLogOptions,
): AuditVerification {
  const walk = new Walk(readVerifyOptions(options))
  walk.begin('bytes')
  const wrong = walk.chunk(Buffer.from(bytes)) ?? walk.fileEnd()
  return wrong === undefined ? walk.end() : walk.result(wrong)
}

async function walkFile(walk: Walk, path: string): Promise<AuditCode | undefined> {
  walk.begin(path)
  const file = await open(path, constants.O_RDONLY)
  try {
    const buffer = Buffer.allocUnsafe(1 << 18)
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null)
      if (bytesRead === 0) return walk.fileEnd()
      const wrong = walk.chunk(buffer.subarray(0, bytesRead))
      if (wrong !== undefined) return wrong
    }
  } finally {
    await file.close()
  }
}

function describe(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : error instanceof Error ? error.message : 'unknown'
}

/** Cuts chunks into lines and keeps account of where it stands. */
class Walk {
  readonly verifier: ChainVerifier
  private readonly rules: VerifyRules
  private file: string | undefined
  private lineNumber = 1
  private offset = 0
  private rest: Buffer[] = []
  private restLength = 0
  private readonly forkedAt: { file: string | undefined; line: number } = {
    file: undefined,
    line: 0,
  }

  constructor(rules: VerifyRules) {
    this.rules = rules
    this.verifier = new ChainVerifier(rules)
  }

  begin(file: string): void {
    this.file = file
    this.lineNumber = 1
    this.offset = 0
  }

  chunk(chunk: Buffer): AuditCode | undefined {
    let from = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      let line = chunk.subarray(from, end)
      if (this.restLength > 0) {
        line = Buffer.concat([...this.rest, line])
        this.forget()
      }
      const wrong = this.line(line)
      if (wrong !== undefined) return wrong
      from = end + 1
    }
    if (from < chunk.length) {
      // The buffer is read into again.
      this.rest.push(Buffer.from(chunk.subarray(from)))
      this.restLength += chunk.length - from
      if (this.restLength > longestLine) return 'MALFORMED'
    }
    return undefined
  }

  private line(line: Buffer): AuditCode | undefined {
    const { verifier } = this
    const forked = verifier.forked
    const wrong = verifier.line(line)
    if (wrong !== undefined) return wrong
    if (forked !== verifier.forked)
      Object.assign(this.forkedAt, { file: this.file, line: this.lineNumber })
    this.lineNumber++
    this.offset += line.length + 1
    return undefined
  }

  private forget(): void {
    this.rest = []
    this.restLength = 0
  }

  fileEnd(): AuditCode | undefined {
    return this.restLength > 0 ? 'TORN' : undefined
  }

  /** What only the end shows: anchors first, then the clock, then what is not sealed. */
  end(): AuditVerification {
    const { verifier, rules } = this
    const last = verifier.seq - 1
    if (verifier.forked !== undefined) {
      const { file, line } = this.forkedAt
      return this.result('FORKED', verifier.forked, `it stands in ${file}, line ${line}`)
    }
    if (rules.lastAnchor > last) return this.result('TRUNCATED', last + 1)
    if (verifier.lines === 0) return this.result('EMPTY', last + 1)
    const age = rules.now - Date.parse(verifier.head?.time ?? '')
    if (age > rules.maxGapMs) return this.result('STALE_END', last)
    return this.result(verifier.verifiedThrough === last ? 'OK' : 'OK_UNSEALED_TAIL', last)
  }

  result(code: AuditCode, seq: number = this.verifier.seq, detail?: string): AuditVerification {
    const { id, verifiedThrough, lines, checkpoints, recoveries, head } = this.verifier
    const { file, lineNumber: line, offset } = this
    const more = detail === undefined ? '' : ` (${detail})`
    return {
      code,
      ok: code === 'OK',
      message: `${file ?? 'The log'}:${line}: seq ${seq}: ${auditCodes[code]}${more}`,
      id,
      seq,
      verifiedThrough,
      unsealed: this.verifier.seq - 1 - verifiedThrough,
      file,
      line,
      offset,
      lines,
      checkpoints,
      recoveries,
      head,
    }
  }
}
