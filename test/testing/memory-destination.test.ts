import test from 'ava'
import pino from 'pino'
import { memoryDestination, parseLogLines } from '../../src/testing/index.js'

test('a pino logger writes into it, parsed and as it was', (t) => {
  const destination = memoryDestination()
  pino({ base: null, timestamp: false }, destination).info({ scan: 's-42' }, 'done')
  t.deepEqual(destination.records, [{ level: 30, scan: 's-42', msg: 'done' }])
  t.deepEqual(destination.lines, ['{"level":30,"scan":"s-42","msg":"done"}'])
})

test('a line may come in pieces, and several at once', (t) => {
  const destination = memoryDestination()
  destination.write('{"n":')
  t.deepEqual(destination.records, [])
  destination.write('1}\n{"n":2}\n\n{"n":')
  destination.write('3}\n')
  t.deepEqual(destination.records, [{ n: 1 }, { n: 2 }, { n: 3 }])
})

test('what is not a JSON object is kept aside', (t) => {
  const destination = memoryDestination()
  destination.write('oops\n[1]\nnull\n{"n":1}\n')
  t.deepEqual(destination.broken, ['oops', '[1]', 'null'])
  t.is(destination.lines.length, 4)
  t.deepEqual(parseLogLines(destination.lines.join('\n')), {
    records: [{ n: 1 }],
    broken: ['oops', '[1]', 'null'],
  })
})

test('it forgets when told', (t) => {
  const destination = memoryDestination()
  destination.write('{"n":1}\noops\n{"half')
  destination.clear()
  destination.write('{"n":2}\n')
  t.deepEqual([destination.records, destination.broken], [[{ n: 2 }], []])
  t.is(destination.lines.length, 1)
})
