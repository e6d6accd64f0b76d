import process from 'node:process'
import fc from 'fast-check'
import { createSecurityLogger, type SecurityLogger } from '../../src/index.js'
import { hostileInputs, ownRoute } from '../line/hostile.js'
import { broken, type LineFormat, rawDestination } from '../line/invariants.js'
import { fields, type Made, message, value } from './values.js'

/**
 * `npm run fuzz`: arbitrary hostile records through every format; ends with 1 if any breaks a promise. Options: `--short`, `--verbose`,
 * `--records=N`, `--seed=N`.
 */
const formats: readonly LineFormat[] = ['json', 'ecs', 'pretty']

function option(name: string): number | undefined {
  const given = process.argv.find((argument) => argument.startsWith(`--${name}=`))
  return given === undefined ? undefined : Number(given.slice(name.length + 3))
}

const records = option('records') ?? (process.argv.includes('--short') ? 600 : 100_000)
const seed = option('seed') ?? Date.now() % 2 ** 31

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

const routes: readonly ((log: SecurityLogger, given: Given) => void)[] = [
  (log, { call, text }) => log.info(call as object, text as string),
  (log, { call, text, args }) => Reflect.apply(log.info, log, [call, text, ...args]),
  (log, { text, args }) => Reflect.apply(log.error, log, [text, ...args]),
  (log, { call, bound }) => log.child(bound as object).info(call as object, 'probe'),
  (log, { call, bound }) =>
    log
      .child(bound as object)
      .child(call as object)
      .info('probe'),
  (log, { call, bound }) =>
    log.withFields(bound as object, () => log.info(call as object, 'probe')),
  (log, { call, bound }) => {
    const child = log.child({})
    child.setBindings(bound as object)
    child.error(call, 'probe')
  },
  (log, { call }) =>
    log.withSpan('probe', { attributes: call as Record<string, string> }, (span) =>
      span.addEvent('found', call as Record<string, string>),
    ),
]

interface Given {
  readonly call: unknown
  readonly bound: unknown
  readonly text: unknown
  readonly args: readonly unknown[]
}

interface Generated {
  readonly call: Made
  readonly bound: Made
  readonly text: Made
  readonly args: readonly Made[]
  readonly route: number
}

const generated: fc.Arbitrary<Generated> = fc.record({
  call: fields,
  bound: fields,
  text: message,
  args: fc.array(value, { maxLength: 4 }),
  route: fc.nat(routes.length - 1),
})

interface Worst {
  /** The calls that took longest, the slowest first. */
  calls: { one: Generated; milliseconds: number }[]
  bytes: number
}

function check(format: LineFormat, one: Generated, worst: Worst): void {
  const { chunks, milliseconds } = call(format, one)
  worst.bytes = Math.max(worst.bytes, chunks[0]?.length ?? 0)
  if (milliseconds > (worst.calls[kept - 1]?.milliseconds ?? 0)) {
    worst.calls.push({ one, milliseconds })
    worst.calls.sort((a, b) => b.milliseconds - a.milliseconds).splice(kept)
  }
  const faults = broken(chunks, format, {})
  if (faults.length > 0) throw new Error(`${faults.join('; ')}: ${chunks[0]?.slice(0, 2_000)}`)
}

/** How many of the slowest calls are done again. */
const kept = 8

function call(
  format: LineFormat,
  one: Generated,
): { readonly chunks: readonly string[]; readonly milliseconds: number } {
  const given: Given = {
    call: one.call(),
    bound: one.bound(),
    text: one.text(),
    args: one.args.map((make) => make()),
  }
  const destination = rawDestination()
  const log = createSecurityLogger({ format, service: 'probe-service' }, destination)
  const start = performance.now()
  routes[one.route]?.(log, given)
  return { chunks: destination.chunks, milliseconds: performance.now() - start }
}

/** The cost of the slowest calls without what the machine did meanwhile: the least of ten times each. */
function slowest(format: LineFormat, worst: Worst): { milliseconds: number; line: string } {
  const again = worst.calls.map(({ one }) => {
    const times = Array.from({ length: 10 }, () => call(format, one))
    const milliseconds = Math.min(...times.map((time) => time.milliseconds))
    return { milliseconds, line: times[0]?.chunks[0]?.slice(0, 300) ?? '' }
  })
  return again.sort((a, b) => b.milliseconds - a.milliseconds)[0] ?? { milliseconds: 0, line: '' }
}

function fuzz(format: LineFormat, runs: number): boolean {
  const worst: Worst = { calls: [], bytes: 0 }
  const start = performance.now()
  const result = fc.check(
    fc.property(generated, (one) => check(format, one, worst)),
    { numRuns: runs, seed, endOnFailure: true },
  )
  const seconds = ((performance.now() - start) / 1_000).toFixed(1)
  const { line, milliseconds } = slowest(format, worst)
  say(
    `${format.padEnd(6)} ${result.numRuns} records in ${seconds} s, ${result.failed ? 'BROKEN' : 'all whole'}; longest line ${worst.bytes}, slowest call ${milliseconds.toFixed(1)} ms`,
  )
  if (process.argv.includes('--verbose')) say(`       the slowest wrote ${line}`)
  if (result.failed) {
    say(`again with --seed=${seed}, at path ${result.counterexamplePath}`)
    say(String((result.errorInstance as Error | null)?.stack).slice(0, 4_000))
  }
  return !result.failed
}

/** The least time and memory of three calls with each hostile input, so that the machine's own doings are left out; the worst first. */
function measure(format: LineFormat): void {
  const collect = (globalThis as { gc?: () => void }).gc
  const costs = hostileInputs
    .filter(({ name }) => name !== 'getter-slow')
    .map((input) => {
      const log = createSecurityLogger({ format, service: 'probe-service' }, rawDestination())
      const cost = { name: input.name, milliseconds: Infinity, megabytes: Infinity }
      for (let round = 0; round < 3; round++) {
        const made = input.make()
        collect?.()
        const before = process.memoryUsage()
        const start = performance.now()
        ownRoute(input).send(log, made)
        const milliseconds = performance.now() - start
        const after = process.memoryUsage()
        const used = after.heapUsed + after.external - before.heapUsed - before.external
        cost.milliseconds = Math.min(cost.milliseconds, milliseconds)
        cost.megabytes = Math.min(cost.megabytes, used / 1e6)
      }
      return cost
    })
  const list = (by: 'milliseconds' | 'megabytes', unit: string): string =>
    costs
      .sort((a, b) => b[by] - a[by])
      .slice(0, 6)
      .map((cost) => `${cost.name} ${cost[by].toFixed(1)} ${unit}`)
      .join(', ')
  say(
    `${format.padEnd(6)} slowest of ${costs.length} hostile inputs: ${list('milliseconds', 'ms')}`,
  )
  say(`${format.padEnd(6)} hungriest: ${list('megabytes', 'MB')}`)
}

say(`seed ${seed}, ${records} records`)
const share = Math.ceil(records / formats.length)
const whole = formats.map((format) => fuzz(format, share))
for (const format of formats) measure(format)
process.exitCode = whole.every(Boolean) ? 0 : 1
