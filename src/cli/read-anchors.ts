import { readFile } from 'node:fs/promises'
import type { AuditAnchor, AuditCheckpoint } from '../audit/index.js'
import { isRecord, type LogRecord, parseLogLines } from '../testing/log-lines.js'
import { CliError } from './cli-error.js'

/**
 * Reads checkpoints that were kept: JSON lines that hold one each, as it is or as a field of a log line.
 *
 * @throws CliError for a file without any.
 */
export async function readAnchors(path: string): Promise<AuditAnchor[]> {
  const { records } = parseLogLines(await read(path))
  const anchors = records.flatMap((record) => anchorOf(record) ?? [])
  if (anchors.length > 0) return anchors as unknown as AuditAnchor[]
  throw new CliError(
    `${path} holds no checkpoint: one JSON object per line is expected, with the id, seq and h that onCheckpoint was given.`,
  )
}

/** The last checkpoint of a file. @throws CliError for a file without any. */
export async function readCheckpoint(path: string): Promise<AuditCheckpoint> {
  return (await readAnchors(path)).at(-1) as AuditCheckpoint
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new CliError(
      `${path} cannot be read (${error instanceof Error ? error.message : error}).`,
    )
  }
}

function anchorOf(record: LogRecord): LogRecord | undefined {
  return [record, ...Object.values(record).filter(isRecord)].find(
    ({ id, seq, h }) => typeof id === 'string' && typeof seq === 'number' && typeof h === 'string',
  )
}
