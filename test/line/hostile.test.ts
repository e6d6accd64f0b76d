import test from 'ava'
import { createSecurityLogger } from '../../src/index.js'
import { hostileInputs, ownRoute, routes } from './hostile.js'
import { faultsOf } from './hostile-faults.js'
import { broken, rawDestination } from './invariants.js'

for (const format of ['json', 'ecs'] as const) {
  test(`every hostile input makes one safe line of ${format}`, (t) => {
    const faults = hostileInputs.flatMap((input) => faultsOf(input, ownRoute(input), format, true))
    t.deepEqual(faults, [])
  })

  for (const route of routes) {
    test(`by ${route.name}, every hostile input makes one safe line of ${format}`, (t) => {
      const light = hostileInputs.filter(({ heavy }) => heavy !== true)
      t.deepEqual(
        light.flatMap((input) => faultsOf(input, route, format, false)),
        [],
      )
    })
  }
}

test('by each route, even the heavy inputs make one safe line', (t) => {
  for (const input of hostileInputs) {
    if (input.heavy !== true || input.name === 'getter-slow') continue
    for (const route of routes) t.deepEqual(faultsOf(input, route, 'json', false), [])
  }
})

test('what a getter that logs writes is a record of its own, and both are whole', (t) => {
  for (const format of ['json', 'ecs'] as const) {
    const destination = rawDestination()
    const log = createSecurityLogger({ format, service: 'probe-service' }, destination)
    const object = {
      first: 1,
      get second() {
        log.info({ first: 'inner', third: 3 }, 'probe')
        return 2
      },
      third: 'outer',
    }
    log.info(object, 'probe')
    const [inner = '', outer = ''] = destination.chunks
    t.deepEqual(broken([inner], format, { probe: true, mustContain: ['inner'] }), [])
    t.deepEqual(broken([outer], format, { probe: true, mustContain: ['outer'] }), [])
    t.is(destination.chunks.length, 2)
  }
})
