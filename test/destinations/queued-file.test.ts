import test from 'ava'
import type { WhenFull } from '../../src/destinations/line-queue.js'
import { QueuedFile } from '../../src/destinations/queued-file.js'

/** A pipe that takes so many bytes, and says that it is full beyond them. */
function pipe(whenFull: WhenFull = 'drop-new', most = 1_000) {
  let room = 0
  let failure: string | undefined
  let taken = ''
  const lost: [line: string, level: number][] = []
  const file = new QueuedFile(1, { most, whenFull }, (fd, data) => {
    if (fd !== 1) return data.length
    if (failure !== undefined) throw Object.assign(new Error(failure), { code: failure })
    if (room === 0) throw Object.assign(new Error('full'), { code: 'EAGAIN' })
    const bytes = Buffer.from(data as string).subarray(0, room)
    taken += bytes.toString('latin1')
    room -= bytes.length
    return bytes.length
  })
  return {
    file,
    lost,
    write: (line: string, level = 30) =>
      file.write({ line, level, lost: () => lost.push([line, level]) }),
    make(bytes: number) {
      room += bytes
    },
    fail(code: string | undefined) {
      failure = code
    },
    taken: () => Buffer.from(taken, 'latin1').toString(),
  }
}

test('a line that the pipe has room for is out when the call returns', (t) => {
  const { write, make, taken, file } = pipe()
  make(100)
  write('a\n')
  t.is(taken(), 'a\n')
  t.is(file.waitingLines, 0)
})

test('while it is full lines wait in order, errors and security events first', (t) => {
  const { write, make, taken, file, lost } = pipe()
  write('1\n')
  write('2\n')
  write('e\n', 50)
  write('s\n', Number.POSITIVE_INFINITY)
  t.is(file.waitingLines, 4)
  make(100)
  file.flushSync()
  t.is(taken(), 'e\ns\n1\n2\n')
  t.deepEqual(lost, [])
})

test('nothing comes between the halves of a line, wherever it is cut', (t) => {
  for (let cut = 1; cut < 8; cut++) {
    const { write, make, taken, file } = pipe()
    make(cut)
    write('zoë 1\n')
    write('error\n', 50)
    make(3)
    file.flushSync()
    make(100)
    file.flushSync()
    t.is(taken(), 'zoë 1\nerror\n')
  }
})

test('after a wait the pipe is tried again by itself, and a flush calls back when all is out', async (t) => {
  const { write, make, taken, file } = pipe()
  write('1\n')
  const flushed = new Promise<void>((resolve) => file.flush(resolve))
  make(100)
  const alive = setInterval(() => {}, 1_000)
  await flushed
  clearInterval(alive)
  t.is(taken(), '1\n')
  let called = false
  file.flush(() => {
    called = true
  })
  t.true(called)
})

test('with no room left new lines are lost, and told by their level; urgent ones take the place of others', (t) => {
  const { write, make, taken, file, lost } = pipe('drop-new', 6)
  for (const line of ['1\n', '2\n', '3\n', '4\n']) write(line, 20)
  t.deepEqual(lost, [['4\n', 20]])
  write('e\n', 50)
  t.deepEqual(lost.at(-1), ['1\n', 20])
  make(100)
  file.flushSync()
  t.is(taken(), 'e\n2\n3\n')
})

test('or the oldest are', (t) => {
  const { write, make, taken, file, lost } = pipe('drop-oldest', 4)
  for (const line of ['1\n', '2\n', '3\n', '4\n']) write(line)
  t.deepEqual(lost, [
    ['1\n', 30],
    ['2\n', 30],
  ])
  write('much too long a line\n')
  t.is(lost.length, 5)
  make(100)
  file.flushSync()
  t.is(taken(), '')
})

test('a reader that has gone loses all, each line told; one that is asked after it throws', (t) => {
  const { write, make, fail, lost, file } = pipe()
  make(1)
  write('half\n')
  write('whole\n')
  fail('EPIPE')
  file.flushSync()
  t.deepEqual(
    lost.map(([line]) => line),
    ['half\n', 'whole\n'],
  )
  t.throws(() => write('more\n'), { code: 'EPIPE' })
})

test('a full disk throws for a line that did not begin, keeps one that did, and works again', (t) => {
  const { write, make, fail, taken, file, lost } = pipe()
  fail('ENOSPC')
  t.throws(() => write('1\n'), { code: 'ENOSPC' })
  fail(undefined)
  make(2)
  write('second\n')
  fail('ENOSPC')
  write('third\n')
  file.flushSync()
  fail(undefined)
  make(100)
  file.flushSync()
  t.is(taken(), 'second\nthird\n')
  t.deepEqual(lost, [])
})

test('who would rather wait loses nothing', (t) => {
  const taken: string[] = []
  let tries = 0
  const file = new QueuedFile(1, { most: 0, whenFull: 'block' }, (_fd, data) => {
    tries++
    if (tries % 3 !== 0) throw Object.assign(new Error('full'), { code: 'EAGAIN' })
    const bytes = Buffer.from(data as string).subarray(0, 2)
    taken.push(bytes.toString())
    return bytes.length
  })
  file.write({ line: 'abcd\n', level: 30, lost: () => t.fail() })
  file.write({ line: 'ef\n', level: 30, lost: () => t.fail() })
  t.is(taken.join(''), 'abcd\nef\n')
})
