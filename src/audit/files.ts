import { basename, dirname, join } from 'node:path'
import { type Disk, isMissing, nodeDisk } from './disk.js'

const digits = 16

/** The name of a file that was rotated away: it ends in the number of its first line. */
export function rotatedPath(path: string, firstSeq: number): string {
  return `${path}.${String(firstSeq).padStart(digits, '0')}`
}

/**
 * The files of the audit log at `path`, oldest first, as `verifyAuditLog` takes them.
 *
 * @throws What reading the folder gives.
 */
export function auditLogFiles(path: string): Promise<string[]> {
  return listFiles(nodeDisk, path)
}

export async function listFiles(disk: Disk, path: string): Promise<string[]> {
  const name = basename(path)
  const rotated: string[] = []
  let active = false
  for (const entry of await folderOf(disk, path)) {
    if (entry === name) active = true
    else if (entry.startsWith(`${name}.`) && isNumber(entry.slice(name.length + 1)))
      rotated.push(join(dirname(path), entry))
  }
  rotated.sort()
  return active ? [...rotated, path] : rotated
}

async function folderOf(disk: Disk, path: string): Promise<string[]> {
  try {
    return await disk.readdir(dirname(path))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

function isNumber(suffix: string): boolean {
  return suffix.length === digits && /^\d+$/.test(suffix)
}
