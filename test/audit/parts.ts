import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { type Disk, type File, nodeDisk } from '../../src/audit/disk.js'
import type { AuditCheckpoint, AuditLogOptions } from '../../src/audit/index.js'

export const root = generateKeyPairSync('ed25519')
export const rootPublicKey = root.publicKey

/** Options of a log in a folder of its own, which checkpoints only when told to. */
export function logOptions(
  t: ExecutionContext,
  more: Partial<AuditLogOptions> = {},
): AuditLogOptions & { readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'seclog-audit-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return {
    path: join(folder, 'audit.log'),
    rootKey: root.privateKey,
    id: 'test',
    fsync: { groupMs: 0 },
    checkpoint: { intervalMs: 86_400_000, heartbeatMs: 86_400_000 },
    ...more,
  }
}

/** A disk on which calls fail as long as `fault` names an error for them. */
export function faultyDisk(): Disk & { fault: (call: string, path: string) => string | undefined } {
  const disk = {
    ...nodeDisk,
    fault: (_call: string, _path: string): string | undefined => undefined,
    async open(path: string, ...rest: never[]) {
      strike('open', path)
      const file = await nodeDisk.open(path, ...rest)
      return new Proxy(file, {
        get(target, name: keyof File) {
          const member: unknown = target[name]
          if (typeof member !== 'function') return member
          return async (...values: unknown[]) => {
            // A full disk takes a part before it refuses.
            if (name === 'write' && disk.fault('write', path) !== undefined)
              await target.write((values[0] as Buffer).subarray(0, 40))
            // What is open can always be closed.
            if (name !== 'close') strike(String(name), path)
            return Reflect.apply(member, target, values)
          }
        },
      })
    },
    async rename(from: string, to: string) {
      strike('rename', from)
      await nodeDisk.rename(from, to)
    },
  }
  const strike = (call: string, path: string): void => {
    const code = disk.fault(call, path)
    if (code !== undefined) throw Object.assign(new Error(code), { code })
  }
  return disk as never
}

/** Collects checkpoints, and waits for one of a kind. */
export function checkpointList(): {
  readonly all: AuditCheckpoint[]
  readonly onCheckpoint: (checkpoint: AuditCheckpoint) => void
  next(why: AuditCheckpoint['why']): Promise<AuditCheckpoint>
} {
  const all: AuditCheckpoint[] = []
  const waiting: { why: string; resolve: (checkpoint: AuditCheckpoint) => void }[] = []
  return {
    all,
    onCheckpoint(checkpoint) {
      all.push(checkpoint)
      for (const { why, resolve } of waiting) if (why === checkpoint.why) resolve(checkpoint)
    },
    next: (why) => new Promise((resolve) => waiting.push({ why, resolve })),
  }
}
