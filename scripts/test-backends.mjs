// Runs the demo against real backends, and reads back what they took.
//
//   node scripts/test-backends.mjs [name ...]
//
// What cannot be started here is said; with CI=true that fails.
import process from 'node:process'
import { collector } from './backends/collector.mjs'
import { opensearch } from './backends/opensearch.mjs'
import { rsyslog } from './backends/rsyslog.mjs'

/** Each has `run()`, which throws for what does not hold and gives the reason if it cannot be started, else what it saw. */
const backends = [collector, opensearch, rsyslog]

const wanted = process.argv.slice(2)
for (const { name, run } of backends) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  try {
    const { missing, seen } = await run()
    if (missing === undefined) console.log(`${name}: ${seen}`)
    else {
      console.log(`${name}: not started: ${missing}`)
      if (process.env.CI === 'true') process.exitCode = 1
    }
  } catch (error) {
    console.error(`${name}: ${error.stack}`)
    process.exitCode = 1
  }
}
