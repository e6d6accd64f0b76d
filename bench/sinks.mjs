/** Where the lines go: the same for every peer, so that only the making of the line differs. */
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireOfProject } from './project.mjs'

export const sinks = {
  null: 'a stream that counts characters',
  devnull: 'the null device, one synchronous write a line (SonicBoom)',
  file: 'a temporary file, one synchronous write a line (SonicBoom)',
  pipe: 'a pipe that another process reads, one synchronous write a line (SonicBoom)',
}

/**
 * Opens a sink. `stream` is for the loggers of pino's shape, `write` for the others; `between` runs outside the
 * measured time.
 */
export function openSink(kind) {
  if (kind === 'null') return countingSink()
  if (kind === 'memory') return memorySink()
  const directory = mkdtempSync(join(tmpdir(), 'seclog-bench-'))
  const remove = () => rmSync(directory, { recursive: true, force: true })
  process.on('exit', remove)
  if (kind === 'devnull') return descriptorSink(openSync(devNull, 'a'), remove)
  if (kind === 'file') {
    const fd = openSync(join(directory, 'lines.log'), 'a')
    return descriptorSink(fd, remove, () => ftruncateSync(fd, 0))
  }
  return pipeSink(directory, remove)
}

function countingSink() {
  let characters = 0
  const write = (line) => {
    characters += line.length
    return true
  }
  return { stream: { write }, write, between() {}, close: () => characters }
}

function memorySink() {
  const lines = []
  const write = (line) => {
    lines.push(line)
    return true
  }
  return { stream: { write }, write, lines, between() {}, close() {} }
}

function descriptorSink(fd, remove, between = () => {}) {
  const stream = requireOfProject('pino').destination({ fd, sync: true })
  return {
    stream,
    write: (line) => writeSync(fd, line),
    between,
    close() {
      closeSync(fd)
      remove()
    },
  }
}

/** A named pipe, because Node's own child pipes are non-blocking sockets. */
function pipeSink(directory, remove) {
  const path = join(directory, 'pipe')
  const made = spawnSync('mkfifo', [path])
  if (made.status !== 0) throw new Error('this system has no mkfifo: leave the pipe sink out')
  const reader = spawn('sh', ['-c', 'exec cat "$0" > /dev/null', path], { stdio: 'ignore' })
  const sink = descriptorSink(openSync(path, 'w'), remove)
  reader.unref()
  return sink
}
