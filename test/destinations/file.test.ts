import { fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { RotatedFile } from '../../src/destinations/file.js'
import { resolveFile } from '../../src/destinations/file-options.js'
import type { WriteSync } from '../../src/destinations/queued-file.js'
import {
  createSecurityLogger,
  type FileDestinationOptions,
  fileDestination,
  SeclogError,
} from '../../src/index.js'

function pathIn(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'seclog-file-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'logs', 'app.ndjson')
}

function open(t: ExecutionContext, options: FileDestinationOptions) {
  const destination = fileDestination(options)
  t.teardown(() => destination.end())
  return destination
}

/** All lines of a file and of those that it was before, the oldest first. */
function linesOf(path: string): string[] {
  const folder = dirname(path)
  const names = readdirSync(folder).sort(
    (a, b) =>
      Number(join(folder, a) === path) - Number(join(folder, b) === path) || (a < b ? -1 : 1),
  )
  return names.flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line !== ''),
  )
}

const numbersOf = (path: string) => linesOf(path).map((line) => JSON.parse(line).n as number)
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)

test('a line is in the file when the call returns, and nobody else may read it', (t) => {
  const path = pathIn(t)
  const log = createSecurityLogger({}, open(t, { path }))
  log.info({ n: 1 }, 'one')
  log.security('authn_login_fail', { userid: 'alice' })
  t.is(linesOf(path).length, 2)
  t.is(statSync(path).mode & 0o777, 0o600)
  t.deepEqual(log.health().delivery, { waiting: 0, lost: {}, rotations: 0 })
})

test('a file is appended to, and loses rights that it has too many of', (t) => {
  const path = pathIn(t)
  open(t, { path }).write('{"n":0}\n')
  writeFileSync(path, '{"n":0}\n', { mode: 0o644 })
  open(t, { path }).write('{"n":1}\n')
  t.deepEqual(numbersOf(path), [0, 1])
  t.is(statSync(path).mode & 0o777, 0o600)
})

test('20,000 lines through many rotations are all there, once and in order', (t) => {
  const path = pathIn(t)
  const destination = open(t, { path, rotate: { size: 50_000 } })
  for (let n = 0; n < 20_000; n++) destination.write(`{"n":${n}}\n`)
  t.deepEqual(numbersOf(path), numbers(20_000))
  t.true(destination.health().rotations > 3)
  for (const name of readdirSync(dirname(path)))
    t.true(statSync(join(dirname(path), name)).size <= 50_000)
})

test('of full files, the latest stay, and nothing else is touched', (t) => {
  const path = pathIn(t)
  const destination = open(t, { path, rotate: { size: 1_024, keep: 2 } })
  writeFileSync(`${path}.notes`, 'mine')
  for (let n = 0; n < 1_000; n++) destination.write(`{"n":${n}}\n`)
  t.is(readdirSync(dirname(path)).length, 4)
  t.is(readFileSync(`${path}.notes`, 'utf8'), 'mine')
  rmSync(`${path}.notes`)
  t.is(numbersOf(path).at(-1), 999)
})

test('a file of an earlier period gets another name before the next line', (t) => {
  const path = pathIn(t)
  const destination = open(t, { path, rotate: { every: 1 } })
  destination.write('{"n":0}\n')
  const before = Date.now()
  while (Date.now() <= before + 1);
  destination.write('{"n":1}\n')
  t.is(destination.health().rotations, 1)
  t.deepEqual(numbersOf(path), [0, 1])
})

test('reopen goes on under the path when somebody has given the file another name', (t) => {
  const path = pathIn(t)
  const destination = open(t, { path })
  destination.write('{"n":0}\n')
  renameSync(path, `${path}.1`)
  destination.reopen()
  destination.write('{"n":1}\n')
  t.is(readFileSync(path, 'utf8'), '{"n":1}\n')
})

test('SIGHUP opens the file anew, and the process goes on', async (t) => {
  const path = pathIn(t)
  const child = fork(new URL('file-app.js', import.meta.url), [path])
  await once(child, 'message')
  renameSync(path, `${path}.1`)
  const again = once(child, 'message')
  child.kill('SIGHUP')
  await again
  child.send('write')
  await once(child, 'message')
  t.is(readFileSync(path, 'utf8'), '{"n":1}\n')
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  t.deepEqual(await ended, [null, 'SIGTERM'])
})

test('lines wait while the disk is full, and none is glued to a half of another one', (t) => {
  const path = pathIn(t)
  let isFull = false
  const write: WriteSync = (fd, data) => {
    if (!isFull) return writeSync(fd, data as string)
    if (data.length > 30) return writeSync(fd, Buffer.from(data as string).subarray(0, 10))
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  }
  const destination = new RotatedFile(resolveFile({ path }), write)
  t.teardown(() => destination.end())
  destination.write('{"n":0}\n')
  isFull = true
  destination.write('{"n":1,"long":"a line that finds half a place"}\n')
  for (let n = 2; n < 100; n++) destination.write(`{"n":${n}}\n`)
  t.is(destination.health().failing, 'ENOSPC')
  t.is(destination.health().waiting, 99)
  isFull = false
  destination.flushSync()
  t.deepEqual(numbersOf(path), numbers(100))
  t.is(destination.health().failing, undefined)
})

test('lines wait while the disk fails, and are written when it does not any more', (t) => {
  const path = pathIn(t)
  let fails = true
  const destination = new RotatedFile(resolveFile({ path }), (fd, data) => {
    if (fails) throw Object.assign(new Error('input/output error'), { code: 'EIO' })
    return writeSync(fd, data as string)
  })
  t.teardown(() => destination.end())
  destination.write('{"n":0}\n')
  t.is(destination.health().failing, 'EIO')
  fails = false
  destination.write('{"n":1}\n')
  destination.flushSync()
  t.deepEqual(numbersOf(path), [0, 1])
})

test('a folder that is removed is made again', (t) => {
  const path = pathIn(t)
  const destination = open(t, { path })
  destination.write('{"n":0}\n')
  rmSync(dirname(path), { recursive: true })
  destination.reopen()
  destination.write('{"n":1}\n')
  t.deepEqual(numbersOf(path), [1])
})

test('a file that is to be opened anew in the middle of a line is, behind that line', (t) => {
  const path = pathIn(t)
  let halves = true
  const destination = new RotatedFile(resolveFile({ path }), (fd, data) => {
    if (!halves) return writeSync(fd, data as string)
    if (data.length < 6) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    return writeSync(fd, Buffer.from(data as string).subarray(0, 3))
  })
  t.teardown(() => destination.end())
  destination.write('{"n":0}\n')
  renameSync(path, `${path}.1`)
  destination.reopen()
  halves = false
  destination.write('{"n":1}\n')
  destination.flushSync()
  t.is(readFileSync(`${path}.1`, 'utf8'), '{"n":0}\n')
  t.is(readFileSync(path, 'utf8'), '{"n":1}\n')
})

test('a rotation that another process has done is not counted as one of this', (t) => {
  const path = pathIn(t)
  const [first, second] = [0, 1].map(() => open(t, { path, rotate: { size: 1_024 } }))
  for (let n = 0; n < 100; n++) first?.write(`{"n":${n}}\n`)
  second?.write('{"n":100}\n')
  const names = readdirSync(dirname(path)).length - 1
  t.is((first?.health().rotations ?? 0) + (second?.health().rotations ?? 0), names)
})

test('two processes that rotate one file lose no line', async (t) => {
  const path = pathIn(t)
  const children = [0, 1].map((own) =>
    fork(new URL('file-app.js', import.meta.url), [path, String(own)]),
  )
  await Promise.all(children.map((child) => once(child, 'exit')))
  const found = numbersOf(path).sort((a, b) => a - b)
  t.deepEqual(found, numbers(10_000))
})

test('a kill loses no line that a call has returned from', (t) => {
  const path = pathIn(t)
  const app = new URL('file-app.js', import.meta.url).pathname
  const { signal } = spawnSync(process.execPath, [app, path, 'kill'])
  t.is(signal, 'SIGKILL')
  t.deepEqual(numbersOf(path), numbers(5_000))
})

test('a file that ends in half a line of a process that died gets a new line first', (t) => {
  const path = pathIn(t)
  open(t, { path }).write('{"n":0}\n')
  writeFileSync(path, '{"n":0}\n{"n":1,"half', { mode: 0o600 })
  open(t, { path }).write('{"n":2}\n')
  t.deepEqual(readFileSync(path, 'utf8').split('\n'), ['{"n":0}', '{"n":1,"half', '{"n":2}', ''])
})

test('a file that cannot be given another name grows, and no line waits for that', (t) => {
  const path = pathIn(t)
  const destination = open(t, { path, rotate: { size: 1_024 } })
  const { toISOString } = Date.prototype
  // A name with a folder that is not there.
  Date.prototype.toISOString = () => 'no/where'
  try {
    for (let n = 0; n < 200; n++) destination.write(`{"n":${n}}\n`)
  } finally {
    Date.prototype.toISOString = toISOString
  }
  t.deepEqual(numbersOf(path), numbers(200))
  t.is(destination.health().rotations, 0)
  t.is(destination.health().waiting, 0)
})

test('full files of one millisecond take each a name of its own', (t) => {
  const path = pathIn(t)
  const destinations = [0, 1].map(() => open(t, { path, rotate: { size: 1_024 } }))
  const { toISOString } = Date.prototype
  Date.prototype.toISOString = () => '2026-11-27T20:00:00.000Z'
  try {
    for (let n = 0; n < 2_000; n++) destinations[n % 2]?.write(`{"n":${n}}\n`)
  } finally {
    Date.prototype.toISOString = toISOString
  }
  t.deepEqual(
    numbersOf(path).sort((a, b) => a - b),
    numbers(2_000),
  )
})

test('a line for a file that is closed is counted by the logger', (t) => {
  const path = pathIn(t)
  const destination = fileDestination(path)
  const log = createSecurityLogger({}, destination)
  destination.end()
  log.info('late')
  t.is(log.health().dropped, 1)
  t.is(linesOf(path).length, 0)
})

const wrong: readonly (readonly [string, object])[] = [
  ['no path', { path: '' }],
  ['a mode that is none', { mode: 0o7777 }],
  ['a size that is too small', { rotate: { size: 10 } }],
  ['a period that is none', { rotate: { every: 'daily' } }],
  ['a number of files that is none', { rotate: { keep: -1 } }],
  ['a queue that is none', { queueLength: -1 }],
]
for (const [what, options] of wrong) {
  test(`${what} is refused when the destination is made`, (t) => {
    const error = t.throws(
      () => fileDestination({ path: pathIn(t), ...options } as FileDestinationOptions),
      {
        instanceOf: SeclogError,
      },
    )
    t.is(error?.code, 'SECLOG_OPTION_INVALID')
  })
}

test('a symbolic link in place of the file is refused', (t) => {
  const path = pathIn(t)
  open(t, { path }).end()
  rmSync(path)
  symlinkSync('/etc/hostname', path)
  t.is(
    t.throws(() => fileDestination(path), { instanceOf: SeclogError })?.code,
    'SECLOG_OPTION_INVALID',
  )
})
