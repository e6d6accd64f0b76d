/** Tables for people. */
import { spawnSync } from 'node:child_process'
import { cpus, loadavg, totalmem, type } from 'node:os'
import { versionOf } from './project.mjs'

const packages = [
  'pino',
  '@opentelemetry/api',
  '@opentelemetry/sdk-trace-node',
  '@opentelemetry/instrumentation-pino',
  '@elastic/ecs-pino-format',
  '@hackylabs/deep-redact',
  '@logtape/logtape',
  '@logtape/redaction',
  'winston',
]

/** Where and on what this was measured. */
export function printEnvironment({ node, rounds, slice }, json) {
  const [cpu] = cpus()
  const environment = {
    machine: `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()}`,
    load: loadavg()[0],
    node: spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim(),
    rounds,
    slice,
    versions: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
  }
  if (json) return environment
  console.log(`${environment.machine}; load ${environment.load.toFixed(1)} at the start`)
  console.log(`Node ${environment.node}; ${rounds} rounds of ${slice} ms for each peer and case`)
  console.log(packages.map((name) => `${name} ${environment.versions[name]}`).join(', '))
  return environment
}

/** Peers down, cases across: the ratio of processor time, and below the table what one call of the base takes. */
export function printRatios(table, { title, cases, peers }) {
  const keys = Object.keys(table)
  const names = Object.keys(peers).filter((name) => keys.some((key) => table[key][name]))
  const base = names[0]
  console.log(`\n${title}. ${peers[base].title} = 1.00`)
  const widths = keys.map((key) => Math.max(key.length, 6) + 2)
  const margin = Math.max(...names.map((name) => peers[name].title.length))
  const row = (head, cells) =>
    console.log(head.padEnd(margin) + cells.map((cell, i) => cell.padStart(widths[i])).join(''))
  row('', keys)
  for (const name of names) {
    row(
      peers[name].title,
      keys.map((key) => table[key][name]?.ratio.toFixed(2) ?? '-'),
    )
  }
  row(
    `ns of ${peers[base].title}`.slice(0, margin),
    keys.map((key) => table[key][base].cpuNs.toFixed(table[key][base].cpuNs < 20 ? 1 : 0)),
  )
  for (const key of keys) console.log(`  ${key}: ${cases[key].title}`)
}

/** Peers down, cases across: requests per second of processor time and of the clock, as ratios to those of the base. */
export function printRates(table, { title, cases, peers }) {
  const keys = Object.keys(table)
  const names = Object.keys(peers).filter((name) => keys.some((key) => table[key][name]))
  const [base] = names
  console.log(`\n${title}: requests per second. ${peers[base].title} = 1.00`)
  const margin = Math.max(...names.map((name) => peers[name].title.length)) + 2
  const row = (head, cells) =>
    console.log(head.padEnd(margin) + cells.map((cell) => cell.padStart(20)).join(''))
  const ways = [
    ['ratio', 'cpuNs', 'processor'],
    ['wallRatio', 'wallNs', 'clock'],
  ]
  row(
    '',
    ways.flatMap(([, , by]) => keys.map((key) => `${key}, ${by}`)),
  )
  for (const name of names) {
    row(
      peers[name].title,
      ways.flatMap(([ratio]) =>
        keys.map((key) => (table[key][name] ? (1 / table[key][name][ratio]).toFixed(2) : '-')),
      ),
    )
  }
  row(
    `requests of ${peers[base].title}`.slice(0, margin - 1),
    ways.flatMap(([, ns]) => keys.map((key) => (1e9 / table[key][base][ns]).toFixed(0))),
  )
  for (const key of keys) console.log(`  ${key}: ${cases[key].title}`)
}

/** What the lines of each peer hold, so that a cheap line is not taken for a good one. */
export function printSamples(samples) {
  console.log('\nWhat their lines hold (the request record has three secrets)')
  for (const [name, { ids, leaked, stack, bytes }] of Object.entries(samples)) {
    const words = [
      ids ? 'trace ids' : 'no trace ids',
      `${leaked} of 3 secrets written`,
      stack ? 'error with stack' : 'no stack',
      `${bytes} bytes`,
    ]
    console.log(`${name.padEnd(22)}${words.join(', ')}`)
  }
}

/** Heap that stays, and garbage of one line of three fields. */
export function printMemory(memory) {
  console.log('\nMemory: what the lines (three fields) leave on the heap, and the garbage of one')
  for (const [name, { kept, garbage }] of Object.entries(memory)) {
    console.log(
      `${name.padEnd(22)}${kept.toFixed(2).padStart(8)} MiB kept${garbage.toFixed(0).padStart(8)} bytes a line`,
    )
  }
}
