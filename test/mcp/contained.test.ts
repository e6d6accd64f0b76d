import test from 'ava'
import { contained } from '../../src/mcp/contained.js'

test('what the work gives and throws is passed on', (t) => {
  t.is(
    contained(
      (next) => next(1) + 1,
      (value: number) => value,
      0,
    ),
    2,
  )
  t.throws(
    () =>
      contained<[], void>(
        (next) => next(),
        () => {
          throw new RangeError('mine')
        },
      ),
    { instanceOf: RangeError },
  )
})

test('the work is done once, whenever tracing fails', (t) => {
  const fail = (): never => {
    throw new Error('ours')
  }
  let done = 0
  const work = (): number => {
    done += 1
    return done
  }
  t.is(contained<[], number>(fail, work), 1)
  t.is(
    contained<[], number>((next) => {
      next()
      return fail()
    }, work),
    2,
  )
  t.is(done, 2)
})
