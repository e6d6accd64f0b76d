import test from 'ava'
import { hostileUnits } from '../../bench/hostile.js'
import { createRedaction } from '../../src/redaction/engine.js'
import { scan } from '../../src/redaction/scan.js'

const redaction = createRedaction()
const everything = createRedaction({ rules: { pii: true } })

for (const [name, unit] of Object.entries(hostileUnits)) {
  test(`a long text of nothing else comes to an end: ${name} (${[...unit].map((c) => c.codePointAt(0)?.toString(16)).slice(0, 4)})`, (t) => {
    const text = unit.repeat(Math.ceil(200_000 / unit.length))
    scan(text)
    t.is(typeof redaction.text(text), 'string')
    t.is(typeof everything.text(text), 'string')
  })
}
