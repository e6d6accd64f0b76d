import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import test from 'ava'
import { activeTrace } from '../../src/context/active.js'
import { runSpan, withSpan } from '../../src/spans/with-span.js'
import { recording, type WrittenRecord } from './recording.js'

function* count(seen: unknown[] = []): Generator<number, string, unknown> {
  try {
    seen.push(activeTrace()?.spanId)
    seen.push(yield 1)
    seen.push(activeTrace()?.spanId)
    seen.push(yield 2)
    return 'done'
  } finally {
    seen.push(activeTrace()?.spanId)
  }
}

async function* countLater(seen: unknown[] = []): AsyncGenerator<number, string, unknown> {
  try {
    seen.push(activeTrace()?.spanId)
    await nextTurn()
    seen.push(activeTrace()?.spanId)
    yield 1
    seen.push(activeTrace()?.spanId)
    yield 2
    return 'done'
  } finally {
    seen.push(activeTrace()?.spanId)
  }
}

test('the body of a generator runs in its span at every step, and its consumer does not', (t) => {
  const { records, recorder } = recording()
  const seen: unknown[] = []
  const generator = runSpan('count', undefined, () => count(seen), recorder)
  t.is(generator.next().value, 1)
  t.is(activeTrace(), undefined)
  t.is(generator.next('x').value, 2)
  t.is(records.length, 0)
  t.deepEqual(generator.next('y'), { value: 'done', done: true })
  t.is(records.length, 1)
  const own = records[0]?.trace?.spanId
  t.deepEqual(seen, [own, 'x', own, 'y', own])
  t.deepEqual(generator.next(), { value: undefined, done: true })
  t.is(records.length, 1)
})

test('a generator function is a callback as any other', (t) => {
  const { records, recorder } = recording()
  const values = runSpan(
    'count',
    undefined,
    function* (span) {
      yield span.spanContext().spanId
      yield activeTrace()?.spanId
    },
    recorder,
  )
  const [given, active] = [...values]
  t.is(given, active)
  t.is(records[0]?.trace?.spanId, given)
})

test('the generator given back is of the same type and shape', (t) => {
  const generator = withSpan('count', () => count())
  t.true(generator instanceof count)
  t.is(Object.prototype.toString.call(generator), '[object Generator]')
  t.is(generator[Symbol.iterator](), generator)
  t.deepEqual(Object.keys(generator), [])
  const later = withSpan('count', () => countLater())
  t.true(later instanceof countLater)
  t.is(Object.prototype.toString.call(later), '[object AsyncGenerator]')
  t.is(later[Symbol.asyncIterator](), later)
  t.deepEqual([...generator], [1, 2])
})

test('leaving a loop over a generator ends the span, in its context', (t) => {
  const { records, recorder } = recording()
  const seen: unknown[] = []
  for (const value of runSpan('count', undefined, () => count(seen), recorder)) {
    t.is(activeTrace(), undefined)
    if (value === 1) break
  }
  t.is(records.length, 1)
  t.deepEqual(seen, [records[0]?.trace?.spanId, records[0]?.trace?.spanId])
})

test('an error thrown into a generator or out of it fails the span', (t) => {
  const { records, recorder } = recording()
  const into = runSpan('into', undefined, () => count(), recorder)
  into.next()
  const error = new RangeError('no')
  t.throws(() => into.throw(error), { is: error })
  const out = runSpan(
    'out',
    undefined,
    function* () {
      yield 1
      throw error
    },
    recorder,
  )
  t.throws(() => [...out], { is: error })
  t.deepEqual(
    records.map(({ message }) => message),
    ['span into failed', 'span out failed'],
  )
})

test('a generator may catch what is thrown into it and go on', (t) => {
  const { records, recorder } = recording()
  const generator = runSpan(
    'stubborn',
    undefined,
    function* () {
      try {
        yield 1
      } catch {
        yield 2
      }
    },
    recorder,
  )
  generator.next()
  t.is(generator.throw(new Error('ignored')).value, 2)
  t.is(records.length, 0)
  generator.next()
  t.is(records[0]?.message, 'span stubborn ended')
})

test('the body of an async generator runs in its span at every step', async (t) => {
  const { records, recorder } = recording()
  const seen: unknown[] = []
  const values: number[] = []
  for await (const value of runSpan('count', undefined, () => countLater(seen), recorder)) {
    t.is(activeTrace(), undefined)
    values.push(value)
    await nextTurn()
    t.is(activeTrace(), undefined)
  }
  t.deepEqual(values, [1, 2])
  t.is(records.length, 1)
  t.deepEqual(new Set(seen), new Set([records[0]?.trace?.spanId]))
  t.is(seen.length, 4)
})

test('steps of an async generator that are asked for at once are answered in order', async (t) => {
  const { records, recorder } = recording()
  const generator = runSpan('count', undefined, () => countLater(), recorder)
  const steps = await Promise.all([
    generator.next(),
    generator.next(),
    generator.next(),
    generator.next(),
  ])
  t.deepEqual(
    steps.map(({ value }) => value),
    [1, 2, 'done', undefined],
  )
  t.is(records.length, 1)
})

test('an async generator that rejects fails the span, with the same error', async (t) => {
  const { records, recorder } = recording()
  const error = new Error('gone')
  const generator = runSpan(
    'fails',
    undefined,
    async function* () {
      yield 1
      throw error
    },
    recorder,
  )
  await generator.next()
  await t.throwsAsync(generator.next(), { is: error })
  t.is(records[0]?.fields['err'], error)
})

test('a generator that was told to return before it began is stated', async (t) => {
  const { records, recorder } = recording()
  t.deepEqual(runSpan('sync', undefined, () => count(), recorder).return('early'), {
    value: 'early',
    done: true,
  })
  await runSpan('async', undefined, () => countLater(), recorder).return('early')
  for (const record of records) t.like(record.fields, { span: { outcome: 'never_started' } })
  t.deepEqual(
    records.map(({ message }) => message),
    ['span sync never started', 'span async never started'],
  )
})

test('a generator that is collected before it is done is stated', async (t) => {
  const { records, recorder } = recording()
  leave('begun', (generator) => generator.next())
  leave('ignored', () => {})
  await collected(records, 2)
  const outcomes = Object.fromEntries(
    records.map(({ fields }) => {
      const span = fields['span'] as { name: string; outcome: string }
      return [span.name, span.outcome]
    }),
  )
  t.deepEqual(outcomes, { begun: 'abandoned', ignored: 'never_started' })

  function leave(name: string, use: (generator: Generator) => void): void {
    use(runSpan(name, undefined, () => count(), recorder))
  }
})

test('a query that nobody subscribes to is stated when it is collected', async (t) => {
  const { records, recorder } = recording()
  const leave = (): void => {
    const query = Object.fromEntries([['then', () => t.fail()]])
    runSpan('query', undefined, () => query, recorder)
  }
  leave()
  await collected(records, 1)
  t.is(records[0]?.message, 'span query never started')
})

test('a generator as older compilers write it is one too', (t) => {
  const { records, recorder } = recording()
  let left = 2
  const rewritten = {
    next: () => ({ value: activeTrace()?.spanId, done: left-- === 0 }),
    return: (value: unknown) => ({ value, done: true }),
    throw: (error: unknown): IteratorResult<string> => {
      throw error
    },
    [Symbol.iterator]() {
      return this
    },
  }
  const values = [...runSpan('old', undefined, () => rewritten, recorder)]
  t.deepEqual(values, [records[0]?.trace?.spanId, records[0]?.trace?.spanId])
})

test('a frozen generator is replaced by one that shows its steps', (t) => {
  const { records, recorder } = recording()
  const generator = runSpan('frozen', undefined, () => Object.freeze(count()), recorder)
  t.true(generator instanceof count)
  t.deepEqual([...generator], [1, 2])
  t.is(records.length, 1)
})

test('an iterator that is no generator is a result as any other', (t) => {
  const { records, recorder } = recording()
  const list = [1, 2]
  t.is(
    runSpan('list', undefined, () => list, recorder),
    list,
  )
  const keys = runSpan('map', undefined, () => new Map([[1, 2]]).keys(), recorder)
  t.is(records.length, 2)
  t.deepEqual([...keys], [1])
})

/** Collects garbage until so many records were written. */
async function collected(records: readonly WrittenRecord[], count: number): Promise<void> {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  while (records.length < count) {
    gc()
    await nextTurn()
  }
}
