import { Writable } from 'node:stream'
import test from 'ava'
import { endStream, flushStream } from '../../src/destinations/settle.js'
import { createSecurityLogger } from '../../src/index.js'

/** A stream that holds each chunk until it is let go. */
function heldStream(): { stream: Writable; letGo(): void; readonly written: string[] } {
  const held: (() => void)[] = []
  const written: string[] = []
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, callback) {
      held.push(() => {
        written.push(String(chunk))
        callback()
      })
    },
  })
  return {
    stream,
    written,
    letGo() {
      for (let next = held.shift(); next !== undefined; next = held.shift()) next()
    },
  }
}

test('a stream is flushed when its last chunk is out, below its mark of high water too', async (t) => {
  const { stream, letGo, written } = heldStream()
  const log = createSecurityLogger({}, stream)
  log.info('one')
  log.info('two')
  const flushed = log.flushed({ timeoutMs: 60_000 })
  let settled = false
  const done = flushed.then(() => {
    settled = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  t.false(settled)
  while (!settled) {
    letGo()
    await new Promise((resolve) => setImmediate(resolve))
  }
  await done
  t.is(written.filter((chunk) => chunk !== '').length, 2)
})

test('a stream that never gets done holds nobody longer than the deadline', async (t) => {
  const { stream } = heldStream()
  stream.write('x')
  await flushStream(stream, 5)
  await endStream(stream, 5)
  await flushStream({ flush: () => {} }, 5)
  t.pass()
})

test('a stream that is destroyed while it is flushed is done', async (t) => {
  const { stream } = heldStream()
  stream.on('error', () => {})
  stream.write('x')
  const flushed = flushStream(stream, 60_000)
  stream.destroy(new Error('gone'))
  await flushed
  t.pass()
})

test('each way to tell that a stream is done is used', async (t) => {
  const called: string[] = []
  const note = (name: string) => (done?: () => void) => {
    called.push(name)
    done?.()
  }
  await flushStream({ flush: note('flush') }, 60_000)
  await flushStream({ flushSync: () => void called.push('flushSync') }, 60_000)
  await flushStream({}, 60_000)
  await endStream({ end: note('end') }, 60_000)
  await endStream({}, 60_000)
  await endStream({ end: () => called.push('closed'), closed: true }, 60_000)
  const { stream } = heldStream()
  await endStream(stream, 60_000)
  t.deepEqual(called, ['flush', 'flushSync', 'end'])
  t.true(stream.writableFinished)
})

test('a stream that throws is done', async (t) => {
  const boom = (): never => {
    throw new Error('boom')
  }
  await flushStream({ flush: boom }, 60_000)
  await flushStream({ flushSync: boom }, 60_000)
  await flushStream({ writableLength: 1, write: boom }, 60_000)
  await endStream({ end: boom }, 60_000)
  t.pass()
})

test('a destination of the caller’s is flushed and left open by close', async (t) => {
  const { stream, letGo } = heldStream()
  const log = createSecurityLogger({}, stream)
  log.info('one')
  setImmediate(letGo)
  setImmediate(() => setImmediate(letGo))
  await log.close({ timeoutMs: 5_000 })
  t.false(stream.writableEnded)
})
