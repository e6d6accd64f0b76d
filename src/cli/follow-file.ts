import { type FSWatcher, watch } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'

export interface FollowOptions {
  readonly signal: AbortSignal
  /** Begin at the end of what is there now. */
  readonly fromEnd?: boolean
}

/** Where a file system does not tell of changes, it is asked this often, in milliseconds. */
const lookEvery = 500
const chunkBytes = 256 * 1024

/**
 * The bytes of a file and of what is written to it later, until the signal ends it. A file that is cut or replaced, as rotation
 * does, is read from its beginning; one that is missing is waited for.
 */
export async function* followFile(
  path: string,
  { signal, fromEnd = false }: FollowOptions,
): AsyncGenerator<Buffer> {
  const changes = watchFile(path, signal)
  let file: FileHandle | undefined
  let position = 0
  let skip = fromEnd
  try {
    while (!signal.aborted) {
      changes.rearm()
      file ??= await open(path).catch(() => undefined)
      if (file !== undefined && skip) position = (await file.stat()).size
      skip = false
      if (file !== undefined) {
        for await (const chunk of readOn(file, position)) {
          position += chunk.length
          yield chunk
          if (signal.aborted) return
        }
        if (await isReplaced(path, file, position)) {
          await file.close()
          file = undefined
          position = 0
          // A line that was cut off by the rotation is not continued in the new file.
          yield newline
          continue
        }
      }
      await changes.next()
    }
  } finally {
    changes.close()
    await file?.close()
  }
}

const newline = Buffer.from('\n')

async function* readOn(file: FileHandle, from: number): AsyncGenerator<Buffer> {
  for (let at = from; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** Whether the path leads to another file now, or the file is shorter than what was read of it. */
async function isReplaced(path: string, file: FileHandle, position: number): Promise<boolean> {
  const [now, held] = await Promise.all([stat(path).catch(() => undefined), file.stat()])
  if (held.size < position) return true
  return now !== undefined && (now.ino !== held.ino || now.dev !== held.dev)
}

interface Changes {
  /** From here on, a change is remembered for `next`. */
  rearm(): void
  /** Resolves at a change, after a while without one, or when the signal ends it. */
  next(): Promise<void>
  close(): void
}

function watchFile(path: string, signal: AbortSignal): Changes {
  let changed = false
  let wake: (() => void) | undefined
  let watcher: FSWatcher | undefined
  const notice = (): void => {
    changed = true
    wake?.()
  }
  try {
    watcher = watch(path, notice)
    watcher.on('error', () => {})
  } catch {}
  signal.addEventListener('abort', notice)
  return {
    rearm() {
      changed = false
    },
    next: () =>
      new Promise((resolve) => {
        if (changed || signal.aborted) return resolve()
        const timer = setTimeout(notice, lookEvery)
        wake = () => {
          clearTimeout(timer)
          wake = undefined
          resolve()
        }
      }),
    close() {
      watcher?.close()
      signal.removeEventListener('abort', notice)
    },
  }
}
