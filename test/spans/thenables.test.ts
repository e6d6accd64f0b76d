import { AsyncLocalStorage } from 'node:async_hooks'
import process from 'node:process'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import test from 'ava'
import { activeTrace } from '../../src/context/active.js'
import { runSpan } from '../../src/spans/with-span.js'
import { recording } from './recording.js'

/** A query builder: runs when it is asked for its result, once for every time it is asked. */
class Query implements PromiseLike<string> {
  runs = 0
  ranIn: string | undefined
  #text: string

  constructor(text: string) {
    this.#text = text
  }

  where(condition: string): this {
    this.#text += ` where ${condition}`
    return this
  }

  // biome-ignore lint/suspicious/noThenProperty: being a thenable is what this class is for.
  then<A = string, B = never>(
    onFulfilled?: ((value: string) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.runs += 1
    this.ranIn = activeTrace()?.spanId
    const work = nextTurn().then(() => {
      if (this.#text === 'bad') throw new SyntaxError(this.#text)
      return this.#text
    })
    return work.then(onFulfilled, onRejected)
  }
}

test('a query builder is run once, by its consumer, in the span, and stays what it is', async (t) => {
  const { records, recorder } = recording()
  const query = new Query('select 1')
  const given = runSpan('query', undefined, () => query, recorder)
  t.is(given, query)
  await nextTurn()
  t.is(query.runs, 0)
  t.is(records.length, 0)
  t.is(await given.where('a = b'), 'select 1 where a = b')
  t.is(query.runs, 1)
  t.is(records.length, 1)
  t.is(query.ranIn, records[0]?.trace?.spanId)
  await given
  t.is(query.runs, 2)
  t.is(records.length, 1)
})

test('a query that fails, fails the span', async (t) => {
  const { records, recorder } = recording()
  await t.throwsAsync(async () => runSpan('query', undefined, () => new Query('bad'), recorder), {
    instanceOf: SyntaxError,
  })
  t.is(records[0]?.message, 'span query failed')
})

test('the callbacks of a subscription run where they would without a span', async (t) => {
  const { recorder } = recording()
  const place = new AsyncLocalStorage<string>()
  await place.run('outside', () =>
    runSpan('query', undefined, () => new Query('x'), recorder).then((text) => {
      t.is(activeTrace(), undefined)
      t.is(place.getStore(), 'outside')
      return text
    }),
  )
})

test('a subscription without callbacks passes its value and its error on', async (t) => {
  const { records, recorder } = recording()
  t.is(await runSpan('query', undefined, () => new Query('x'), recorder).then(), 'x')
  await t.throwsAsync(runSpan('query', undefined, () => new Query('bad'), recorder).then())
  t.is(records.length, 2)
})

test('a frozen query and a proxied one end their span as well', async (t) => {
  const { records, recorder } = recording()
  const frozen = runSpan('frozen', undefined, () => Object.freeze(new FrozenQuery()), recorder)
  t.true(frozen instanceof FrozenQuery)
  t.is(frozen.text(), 'frozen')
  t.true('text' in frozen)
  t.is(await frozen, 'frozen')
  const target = new FrozenQuery()
  const proxied = runSpan(
    'proxied',
    undefined,
    () =>
      new Proxy(target, {
        get: (from, key) => {
          const value: unknown = Reflect.get(from, key, from)
          return typeof value === 'function' ? value.bind(from) : value
        },
      }),
    recorder,
  )
  t.is(await proxied, 'frozen')
  t.is(records.length, 2)
})

class FrozenQuery {
  #text = 'frozen'

  text(): string {
    return this.#text
  }

  // biome-ignore lint/suspicious/noThenProperty: being a thenable is what this class is for.
  then(onFulfilled: (value: string) => void): void {
    onFulfilled(this.#text)
  }
}

test('a getter of then is asked by the consumer alone', async (t) => {
  const { records, recorder } = recording()
  let asked = 0
  const lazy = {
    // biome-ignore lint/suspicious/noThenProperty: being a thenable is what this object is for.
    get then() {
      asked += 1
      return (resolve: (value: number) => void) => resolve(42)
    },
  }
  const given = runSpan('lazy', undefined, () => lazy, recorder)
  t.is(asked, 0)
  t.is(await (given as unknown as Promise<number>), 42)
  t.is(asked, 1)
  t.is(records.length, 1)
})

test('a then that throws when it is read or called reaches the consumer, and fails the span', async (t) => {
  const { records, recorder } = recording()
  const error = new Error('no then')
  const unreadable = {
    // biome-ignore lint/suspicious/noThenProperty: being a thenable is what this object is for.
    get then(): never {
      throw error
    },
  }
  const given = runSpan('read', undefined, () => unreadable, recorder)
  await t.throwsAsync(async () => given, { is: error })
  const uncallable = Object.fromEntries([
    [
      'then',
      () => {
        throw error
      },
    ],
  ])
  await t.throwsAsync(async () => runSpan('call', undefined, () => uncallable, recorder), {
    is: error,
  })
  t.deepEqual(
    records.map(({ message }) => message),
    ['span read failed', 'span call failed'],
  )
})

test('an object whose then is no function is a result as any other', (t) => {
  const { records, recorder } = recording()
  const result = Object.fromEntries([['then', 'later']])
  t.is(
    runSpan('work', undefined, () => result, recorder),
    result,
  )
  t.is(records.length, 1)
})

test('a proxy whose traps throw is a result as any other', (t) => {
  const { records, recorder } = recording()
  const hostile = new Proxy(
    {},
    {
      get() {
        throw new Error('trap')
      },
    },
  )
  t.is(
    runSpan('work', undefined, () => hostile, recorder),
    hostile,
  )
  t.is(records.length, 1)
})

test('a subclass of Promise stays one, and keeps what hangs on it', async (t) => {
  class Task<T> extends Promise<T> {
    label = 'task'
  }
  const { records, recorder } = recording()
  const task = Task.resolve(1) as Task<number>
  task.label = 'renamed'
  const given = runSpan('task', undefined, () => task, recorder)
  t.true(given instanceof Task)
  t.is(given.label, 'renamed')
  t.is(await given, 1)

  const cancellable = Object.assign(Promise.resolve(2), { cancel: () => 'cancelled' })
  const passed = runSpan('plain', undefined, () => cancellable, recorder)
  t.is(passed.cancel(), 'cancelled')
  t.is(await passed, 2)
  t.is(records.length, 2)
})

test('a lazy promise is not woken by its span', async (t) => {
  let woken = 0
  class Lazy extends Promise<string> {
    // biome-ignore lint/suspicious/noThenProperty: a lazy promise works when it is subscribed to.
    override then<A = string, B = never>(
      onFulfilled?: ((value: string) => A | PromiseLike<A>) | null,
      onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
    ): Promise<A | B> {
      woken += 1
      return Promise.resolve('awake').then(onFulfilled, onRejected)
    }
  }
  const { records, recorder } = recording()
  const given = runSpan('lazy', undefined, () => new Lazy(() => {}), recorder)
  await nextTurn()
  t.is(woken, 0)
  t.true(given instanceof Lazy)
  t.is(await given, 'awake')
  t.is(woken, 1)
  t.is(records.length, 1)
})

test('a promise of another realm ends its span', async (t) => {
  const { records, recorder } = recording()
  const foreign = runInNewContext('Promise.resolve(7)') as Promise<number>
  t.is(await runSpan('vm', undefined, () => foreign, recorder), 7)
  t.is(records.length, 1)
})

test('a rejection is unhandled exactly when nobody handles it', async (t) => {
  const unhandled: unknown[] = []
  const listen = (reason: unknown): void => {
    unhandled.push(reason)
  }
  // AVA has a listener of its own that fails the run.
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', listen)
  try {
    const { records, recorder } = recording()
    const left = new Error('left alone')
    const handled = new Error('handled')
    void runSpan('left', undefined, () => Promise.reject(left), recorder)
    await runSpan('handled', undefined, () => Promise.reject(handled), recorder).catch(() => {})
    await nextTurn()
    await nextTurn()
    t.deepEqual(unhandled, [left])
    t.is(records.length, 2)
  } finally {
    process.off('unhandledRejection', listen)
    for (const other of others) process.on('unhandledRejection', other)
  }
})
