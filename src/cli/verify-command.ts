import { readFile } from 'node:fs/promises'
import { auditExitCode, auditLogFiles, verifyAuditLog } from '../audit/index.js'
import { printable } from '../testing/printable.js'
import { CliError } from './cli-error.js'
import { type Command, type Invocation, textOption } from './command.js'
import { readDuration } from './option-values.js'
import { readAnchors, readCheckpoint } from './read-anchors.js'
import { safeJson } from './safe-json.js'

export const command: Command = {
  usage: ['--root-key KEY [options] FILE…'],
  about: 'Verifies an audit log: that no line was altered, removed, inserted, replayed or cut off.',
  options: {
    'root-key': {
      type: 'string',
      value: 'KEY',
      about:
        'whose signature the log begins with: a public Ed25519 key as a PEM file, or its 32 bytes in base64url',
    },
    anchors: {
      type: 'string',
      value: 'FILE',
      about:
        'checkpoints that were kept elsewhere, as JSON lines; those of this log have to be in it',
    },
    start: {
      type: 'string',
      value: 'FILE',
      about: 'the last checkpoint before the first FILE, where older files were deleted',
    },
    id: { type: 'string', value: 'ID', about: 'the chain that it has to be' },
    live: {
      type: 'boolean',
      about: 'the log is being written now: its last checkpoint must be recent',
    },
    'max-gap': {
      type: 'string',
      value: 'TIME',
      about:
        'longest time between checkpoints, such as 60s, the default: twice the heartbeat of the log',
    },
    json: { type: 'boolean', about: 'the result as JSON, on one line' },
  },
  notes: [
    'A single FILE stands for the rotated files beside it too; several are taken as they are named, oldest first.',
    'The status is 0 for a log that is sealed to its end, 3 when records at its end are not sealed by a checkpoint yet, 1 when it is not as it was written, 2 when it could not be verified.',
  ],
  examples: [
    ['seclog verify --root-key root.pem --anchors anchors.jsonl audit.log', 'all of a log'],
  ],
  async run({ io, options, positionals }: Invocation): Promise<number> {
    const rootKey = textOption(options, 'root-key')
    if (rootKey === undefined)
      throw new CliError(
        'Say with --root-key whose signature the log begins with: a PEM file of the public root key, or the key in base64url.',
      )
    const [path] = positionals
    if (path === undefined)
      throw new CliError('Name the audit log, as in: seclog verify --root-key root.pem audit.log')
    const files = positionals.length === 1 ? await withRotated(path) : positionals
    const anchors = textOption(options, 'anchors')
    const start = textOption(options, 'start')
    const id = textOption(options, 'id')
    const maxGap = textOption(options, 'max-gap')
    const result = await verifyAuditLog(files, {
      rootPublicKey: await readKey(rootKey),
      ...(anchors !== undefined && { anchors: await readAnchors(anchors) }),
      ...(start !== undefined && { start: await readCheckpoint(start) }),
      ...(id !== undefined && { id }),
      ...(options['live'] === true && { now: Date.now() }),
      ...(maxGap !== undefined && { maxGapMs: readDuration('max-gap', maxGap) }),
    })
    if (options['json'] === true) await io.out.write(`${safeJson(result)}\n`)
    else {
      const word = result.ok ? io.out.style('green', result.code) : io.out.style('red', result.code)
      const { lines, checkpoints, recoveries, verifiedThrough, unsealed } = result
      await io.out.write(
        `${word} ${printable(result.message)}\n${lines} lines and ${checkpoints} checkpoints read, sealed through seq ${verifiedThrough}, ${unsealed} not sealed, ${recoveries} restarts or outages told of.\n`,
      )
    }
    return auditExitCode(result.code)
  },
}

async function withRotated(path: string): Promise<readonly string[]> {
  const files = await auditLogFiles(path).catch(() => [])
  // A missing file is for the verification to tell of.
  return files.length > 0 ? files : [path]
}

async function readKey(given: string): Promise<string> {
  if (/^[\w-]{43}$/.test(given)) return given
  try {
    return await readFile(given, 'utf8')
  } catch (error) {
    throw new CliError(
      `--root-key is neither 43 characters of base64url nor a file that can be read (${error instanceof Error ? error.message : error}).`,
    )
  }
}
