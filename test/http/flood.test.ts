import test from 'ava'
import { expectedShapes, flood, floodSize, frameworks } from './flood.js'

for (const framework of Object.keys(frameworks)) {
  test.serial(
    `${floodSize} requests at once with delays, errors and aborts mix no id, and have their trees in the log: ${framework}`,
    async (t) => {
      const { shapes } = await flood(t, framework)
      t.deepEqual(shapes, expectedShapes)
    },
  )
}
