/**
 * `npm run bench`: what a log call and a span cost, as ratios to bare pino (spans: to OpenTelemetry's own call) of the
 * same round. Every peer has a process of its own; in each round all of them measure the same case one after the other, and
 * the median of the rounds' ratios is what is printed. How to read it: docs/performance.md.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { cases } from './cases.mjs'
import { httpCases, httpPeers } from './http.mjs'
import { peers } from './peers.mjs'
import { printRedaction } from './redaction.mjs'
import { printEnvironment, printMemory, printRates, printRatios, printSamples } from './report.mjs'
import { measureMemory, measureRatios, measureRedaction, takeSamples } from './rounds.mjs'
import { sinks } from './sinks.mjs'
import { spanCases, spanPeers } from './spans.mjs'

const groups = ['log', 'devnull', 'file', 'pipe', 'spans', 'http', 'memory', 'redaction']
const usage = `npm run bench -- [options]
  --short           a smoke form: fewer rounds, the null sink and spans only (under 40 seconds)
  --only <a,b>      groups (${groups.join(', ')}) or cases (${[...Object.keys(cases), ...Object.keys(spanCases)].join(', ')})
  --peers <a,b>     these peers beside pino, for example seclog,pino-mixin
  --node <path>     run the peers on another Node
  --rounds <n>      rounds of each case
  --slice <ms>      time of one peer in one round
  --json            print one JSON object instead of tables`

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    peers: { type: 'string', default: '' },
    node: { type: 'string', default: process.execPath },
    rounds: { type: 'string' },
    slice: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) {
  console.log(usage)
  process.exit()
}

const only = options.only.split(',').filter(Boolean)
const unknown = only.filter(
  (word) => !groups.includes(word) && !(word in cases) && !(word in spanCases),
)
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}\n${usage}`)
  process.exit(2)
}
const settings = {
  node: options.node,
  rounds: Number(options.rounds ?? (options.short ? 3 : 9)),
  slice: Number(options.slice ?? (options.short ? 25 : 40)),
}

// The peers of HTTP are dependencies of the project itself.
if (only.length === 0 || only.some((word) => word !== 'http')) installRivals()
const environment = printEnvironment(settings, options.json)
const result = { environment }
for (const group of groups) {
  if (wanted(group)) result[group] = await measureGroup(group)
}
if (options.json) console.log(JSON.stringify(result, undefined, 2))

function wanted(group) {
  const named = only.filter((word) => groups.includes(word))
  if (named.length > 0) return named.includes(group)
  if (only.some((word) => word in spanCases)) return group === 'spans'
  if (only.length > 0) return group === 'log'
  return options.short ? group === 'log' || group === 'spans' : true
}

async function measureGroup(group) {
  if (group === 'memory')
    return show(printMemory, await measureMemory(chosen(), settings, memoryLines()))
  if (group === 'redaction') return show(printRedaction, await measureRedaction(settings))
  if (group === 'spans') {
    const ratios = await measureRatios('spans', spanPeers, keysOf(spanCases), {
      ...settings,
      base: 'otel',
    })
    return show(printRatios, ratios, { title: 'Spans', cases: spanCases, peers: spanPeers })
  }
  if (group === 'http') {
    // Shorter ones say more about the connections than about the requests.
    const slice = Math.max(settings.slice, 400)
    const ratios = await measureRatios('http', httpPeers, keysOf(httpCases), {
      ...settings,
      slice,
      base: 'rivals',
    })
    return show(printRates, ratios, { title: 'HTTP', cases: httpCases, peers: httpPeers })
  }
  const sink = group === 'log' ? 'null' : group
  // Where a system call outweighs the making of a line, a few cases say all there is to say.
  const keys = group === 'log' ? Object.keys(cases) : ['message', 'fields', 'child-span', 'request']
  const ratios = await measureRatios('lines', chosen(group), keysOf(cases, keys), {
    ...settings,
    sink,
    base: 'pino',
  })
  show(printRatios, ratios, { title: `Lines, to ${sinks[sink]}`, cases, peers })
  if (group === 'log') ratios.samples = show(printSamples, await takeSamples(chosen(), settings))
  return ratios
}

function show(print, value, description) {
  if (!options.json) print(value, description)
  return value
}

function keysOf(table, keys = Object.keys(table)) {
  const named = only.filter((word) => word in table)
  return named.length === 0 ? keys : named
}

function memoryLines() {
  return options.short ? 100_000 : 1_000_000
}

/** The peers of one table, bare pino first. */
function chosen(group = 'log') {
  const named = options.peers.split(',').filter(Boolean)
  const few = [
    'pino',
    'pino-mixin',
    'pino-redact-mixin',
    'winston',
    'logtape-redaction',
    'seclog',
    'seclog-ecs',
  ]
  const keys = named.length > 0 ? ['pino', ...named] : group === 'log' ? Object.keys(peers) : few
  return Object.fromEntries([...new Set(keys)].map((key) => [key, peers[key]]))
}

function installRivals() {
  const folder = fileURLToPath(new URL('.', import.meta.url))
  if (existsSync(`${folder}node_modules/winston`)) return
  const { status } = spawnSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund'], {
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
  })
  if (status !== 0) {
    console.error('The rivals could not be installed: npm ci --prefix bench')
    process.exit(1)
  }
}
