import test from 'ava'
import fc from 'fast-check'
import { countFrames, FrameWriter, frameAt } from '../../src/transports/frames.js'

function segmentOf(lines: readonly string[]): Buffer {
  const writer = new FrameWriter()
  return Buffer.concat(lines.map((line) => Buffer.from(writer.frame(line))))
}

function read(bytes: Buffer): { lines: string[]; damaged: number } {
  const lines: string[] = []
  let damaged = 0
  for (let at = 0, frame = frameAt(bytes, 0); frame.kind !== 'end'; frame = frameAt(bytes, at)) {
    if (frame.kind === 'line') lines.push(frame.line.toString())
    else damaged++
    at = frame.end
  }
  return { lines, damaged }
}

test('lines of any length and any characters come back as they were', (t) => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 200 })), (lines) => {
      const kept = lines.map((line) => Buffer.from(line).toString())
      return JSON.stringify(read(segmentOf(lines)).lines) === JSON.stringify(kept)
    }),
  )
  const long = 'é'.repeat(200_000)
  t.deepEqual(read(segmentOf(['a', long, 'b'])).lines, ['a', long, 'b'])
})

test('a flipped bit in a line costs that line only, and none is read that was not written', (t) => {
  const lines = ['{"n":0}', '{"n":1}', '{"n":2}', '{"n":3}']
  const bytes = segmentOf(lines)
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes)
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
    const found = read(changed)
    t.true(found.damaged >= 1, `bit ${bit}`)
    t.true(found.lines.every((line) => lines.includes(line)))
    const inLength = (bit >> 3) % 15 < 4
    if (!inLength) t.is(found.lines.length, 3, `bit ${bit}`)
  }
})

test('a segment that is cut anywhere gives the whole lines before the cut', (t) => {
  const bytes = segmentOf(['{"n":0}', '{"n":1}', '{"n":2}'])
  for (let length = 0; length <= bytes.length; length++) {
    const { lines } = read(bytes.subarray(0, length))
    t.is(lines.length, Math.floor(length / 15))
    t.is(countFrames(bytes.subarray(0, length), 0), Math.ceil(length / 15))
  }
})
