/** The parent's part: processes of the peers, rounds in which they take turns, and the medians. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const childFile = fileURLToPath(new URL('./child.mjs', import.meta.url))

/** The ratios of each case and peer to `base`: the medians of those of the rounds. */
export async function measureRatios(
  kind,
  peers,
  keys,
  { node, rounds, slice, base, sink = 'null' },
) {
  const processes = await startAll(kind, peers, node, sink)
  const table = {}
  try {
    const baseOf = (name) => (processes.has(peers[name].base) ? peers[name].base : base)
    for (const key of keys) table[key] = await measureCase(processes, key, rounds, slice, baseOf)
  } finally {
    for (const { stop } of processes.values()) stop()
  }
  return table
}

async function measureCase(processes, key, rounds, slice, baseOf) {
  const names = [...processes.keys()]
  const seen = new Map(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    // Each round begins with another peer: whatever comes after a pause or a busy neighbour meets all alike.
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round) % names.length]
      const value = await processes.get(name).ask({ command: 'run', key, milliseconds: slice })
      seen.get(name).push(value)
    }
  }
  const row = {}
  for (const name of names) {
    const own = seen.get(name)
    if (own.includes(undefined)) continue
    const base = seen.get(baseOf(name))
    const ratios = own.map(({ cpu }, round) => cpu / base[round].cpu)
    const walls = own.map(({ ns }, round) => ns / base[round].ns)
    row[name] = {
      ratio: median(ratios),
      spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
      wallRatio: median(walls),
      cpuNs: median(own.map(({ cpu }) => cpu)),
      wallNs: median(own.map(({ ns }) => ns)),
    }
  }
  return row
}

/** A line of each shape of every peer, and what it gives away. */
export const takeSamples = (peers, { node }) =>
  oneByOne(peers, node, (child) => child.ask({ command: 'sample' }))

/** What `lines` lines leave on the heap, and the garbage of one. */
export const measureMemory = (peers, { node }, lines) =>
  oneByOne(peers, node, (child) => child.ask({ command: 'memory', lines }))

/** What redaction costs by itself. */
export async function measureRedaction({ node, slice }) {
  const child = await start('redaction', 'seclog', node, 'null')
  if (child === undefined) return {}
  try {
    return await child.ask({ command: 'figures', milliseconds: slice * 5 })
  } finally {
    child.stop()
  }
}

async function oneByOne(peers, node, ask) {
  const answers = {}
  for (const name of Object.keys(peers)) {
    const child = await start('lines', name, node, 'null')
    if (child === undefined) continue
    try {
      answers[name] = await ask(child)
    } finally {
      child.stop()
    }
  }
  return answers
}

async function startAll(kind, peers, node, sink) {
  const processes = new Map()
  for (const name of Object.keys(peers)) {
    const child = await start(kind, name, node, sink)
    if (child !== undefined) processes.set(name, child)
  }
  return processes
}

async function start(kind, name, node, sink) {
  const child = fork(childFile, [kind, name, sink], {
    execPath: node,
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const messages = []
  let wake = () => {}
  child.on('message', (message) => {
    messages.push(message)
    wake()
  })
  child.on('exit', (code) => {
    messages.push({ error: `its process ended with ${code}` })
    wake()
  })
  const next = async () => {
    while (messages.length === 0) {
      await new Promise((resolve) => {
        wake = resolve
      })
    }
    const message = messages.shift()
    if (message.error !== undefined) throw new Error(`${name}: ${message.error}`)
    return message.value
  }
  try {
    await next()
  } catch (error) {
    console.error(`left out: ${error.message.split('\n')[0]}`)
    return undefined
  }
  return {
    ask(message) {
      child.send(message)
      return next()
    },
    stop: () => child.connected && child.send({ command: 'stop' }),
  }
}

const quantile = (values, q) => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]
}
const median = (values) => quantile(values, 0.5)
