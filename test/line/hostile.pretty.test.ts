import test from 'ava'
import { hostileInputs, ownRoute, routes } from './hostile.js'
import { faultsOf } from './hostile-faults.js'

test('every hostile input makes one safe text for people', (t) => {
  const faults = hostileInputs.flatMap((input) => faultsOf(input, ownRoute(input), 'pretty', true))
  t.deepEqual(faults, [])
})

for (const route of routes) {
  test(`by ${route.name}, every hostile input makes one safe text for people`, (t) => {
    const light = hostileInputs.filter(({ heavy }) => heavy !== true)
    t.deepEqual(
      light.flatMap((input) => faultsOf(input, route, 'pretty', false)),
      [],
    )
  })
}
