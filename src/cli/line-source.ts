import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { CliError } from './cli-error.js'
import type { Io } from './command.js'

/** Where lines come from: a file, or standard input. */
export interface LineSource {
  readonly name: string
  /** Can be read a second time. */
  readonly again: boolean
  /** The bytes, unpacked where they are gzip. @throws CliError */
  chunks(): AsyncIterable<Buffer>
}

/** Of a file that is read at once; a chunk is what is held of it. */
const chunkBytes = 1024 * 1024

/**
 * The sources that a command line names: files, `-` for standard input, which it is as well when nothing is named.
 *
 * @throws CliError for what is missing or no file, and when nothing is named at a terminal.
 */
export async function lineSources(paths: readonly string[], io: Io): Promise<LineSource[]> {
  if (paths.length === 0) {
    if (io.stdin.isTTY === true) throw new CliError(nothingToRead)
    return [stdinSource(io.stdin)]
  }
  if (paths.filter((path) => path === '-').length > 1)
    throw new CliError('Standard input (-) can be read only once; name it once.')
  const sources: LineSource[] = []
  for (const path of paths)
    sources.push(path === '-' ? stdinSource(io.stdin) : await fileSource(path))
  return sources
}

const nothingToRead =
  'There is nothing to read: name log files, or pipe lines in, as in: node app.js | seclog pretty'

async function fileSource(path: string): Promise<LineSource> {
  const stats = await stat(path).catch((error: unknown) => refuse(path, error))
  if (stats.isDirectory()) throw new CliError(`${path} is a folder; name the files in it.`)
  return {
    name: path,
    again: stats.isFile(),
    chunks: () => unpacked(path, createReadStream(path, { highWaterMark: chunkBytes })),
  }
}

function stdinSource(stdin: Readable): LineSource {
  return { name: 'standard input', again: false, chunks: () => unpacked('standard input', stdin) }
}

/** Gzip is known by its first bytes, whatever the file is called. */
async function* unpacked(name: string, stream: Readable): AsyncGenerator<Buffer> {
  try {
    const first = await firstBytes(stream)
    const packed = first.length >= 2 && first[0] === 0x1f && first[1] === 0x8b
    if (first.length > 0 && !packed) yield first
    yield* packed ? gunzipped(first, stream) : rest(stream)
  } catch (error) {
    refuse(name, error)
  } finally {
    stream.destroy()
  }
}

async function firstBytes(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  // `for await` would close the stream at its break.
  const iterator = stream.iterator({ destroyOnReturn: false })
  for await (const chunk of iterator) {
    chunks.push(Buffer.from(chunk))
    length += chunk.length
    if (length >= 2) break
  }
  return Buffer.concat(chunks)
}

async function* rest(stream: Readable): AsyncGenerator<Buffer> {
  if (stream.readableEnded) return
  for await (const chunk of stream) yield chunk as Buffer
}

async function* gunzipped(first: Buffer, stream: Readable): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: chunkBytes })
  pipeline(
    async function* () {
      yield first
      yield* rest(stream)
    },
    gunzip,
    ignore,
  )
  for await (const chunk of gunzip) yield chunk as Buffer
}

/** An error of a pipeline reaches the reader through the last stream. */
function ignore(): void {}

const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist; check the path',
  EACCES: 'may not be read by you',
  EISDIR: 'is a folder; name the files in it',
  Z_BUF_ERROR: 'ends in the middle of its gzip data: it is cut, or still being written',
  Z_DATA_ERROR: 'is damaged gzip data',
}

function refuse(name: string, error: unknown): never {
  if (error instanceof CliError) throw error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const why = sentences[code] ?? `cannot be read (${error instanceof Error ? error.message : code})`
  throw new CliError(`${name} ${why}.`)
}
