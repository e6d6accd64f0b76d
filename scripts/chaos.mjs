/**
 * What becomes of each line while the way to Elasticsearch fails in one way after the other:
 * logged = indexed + dead letters + counted drops, and nothing twice. Exits with 1 where that does not hold.
 *
 * `node scripts/chaos.mjs [--short] [name...]`, after `npm run build && tsc`. Outages last 20 s, 2 s with `--short`.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { FakeElasticsearch } from '../build/test/transports/fake-elasticsearch.js'

const { values: asked, positionals } = parseArgs({
  options: { short: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const outageMs = asked.short ? 2_000 : 20_000
const kills = asked.short ? 10 : 100
const app = new URL('chaos-app.mjs', import.meta.url).pathname

/** Each gets a folder, and gives back what it found; `server` is running when it begins. */
const scenarios = {
  'no failure': (place) => outage(place, 'accept'),
  refused: refused,
  'black hole': (place) => outage(place, 'hang'),
  503: (place) => outage(place, { status: 503 }),
  '429 for each line': (place) => outage(place, { item: () => 429 }),
  'slow answers': (place) => outage(place, { delayMs: 1_500 }),
  'reset before the answer': (place) => outage(place, 'reset'),
  'torn answer': (place) => outage(place, 'torn'),
  'lines that are refused for good': (place) =>
    outage(place, { item: ({ message }) => (message.endsWith('7') ? 400 : 201) }),
  'kill -9': killed,
  'disk full, then freed': diskFull,
  'damaged segment': damaged,
  'two writers': twoWriters,
  'more than may wait': (place) =>
    outage(place, { status: 503 }, { maxBytes: 262_144, segmentBytes: 65_536 }),
}

const names = positionals.length === 0 ? Object.keys(scenarios) : positionals
let isBad = false
print(['', 'logged', 'indexed', 'dead', 'dropped', 'twice', 'seconds', ''])
for (const name of names) {
  const began = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'seclog-chaos-'))
  const server = await FakeElasticsearch.start()
  try {
    const place = { server, spool: join(folder, 'spool'), folder }
    const found = await scenarios[name](place)
    if (found.skipped !== undefined) {
      print([name, found.skipped])
      isBad ||= process.env.CI === 'true'
      continue
    }
    const row = { logged: 0, dead: 0, dropped: 0, ...(await count(place)), ...found }
    const isWhole =
      row.logged === row.indexed + row.dead + row.dropped && row.twice === 0 && row.logged > 0
    isBad ||= !isWhole
    const seconds = ((performance.now() - began) / 1_000).toFixed(1)
    print([
      name,
      row.logged,
      row.indexed,
      row.dead,
      row.dropped,
      row.twice,
      seconds,
      isWhole ? 'whole' : 'NOT WHOLE',
    ])
  } finally {
    await server[Symbol.asyncDispose]().catch(() => {})
    rmSync(folder, { recursive: true, force: true })
  }
}
process.exitCode = isBad ? 1 : 0

/** The server misbehaves from half a second after the start on, while lines come. */
async function outage(place, behaviour, delivery = {}) {
  const running = start(place, { delivery, count: linesFor(outageMs) })
  await wait(500)
  place.server.behaviour = behaviour
  await wait(outageMs)
  place.server.behaviour = 'accept'
  await running.ended
  return running.result()
}

async function refused(place) {
  const { port } = place.server
  const running = start(place, { count: linesFor(outageMs) })
  await wait(500)
  await place.server[Symbol.asyncDispose]()
  await wait(outageMs)
  const again = await FakeElasticsearch.start(port)
  for (const [id, document] of place.server.documents) again.documents.set(id, document)
  place.server = again
  try {
    await running.ended
    const result = running.result()
    return { ...result, ...(await count(place)) }
  } finally {
    await again[Symbol.asyncDispose]()
  }
}

/** A line whose call had not returned may be there or not: its number is not used again, and does not count. */
async function killed(place) {
  const acknowledged = new Set()
  let first = 0
  for (let kill = 0; kill < kills; kill++) {
    place.server.behaviour = kill % 3 === 2 ? 'reset' : 'accept'
    const running = start(place, { first, count: 1_000_000, perTick: 500 })
    await running.begun()
    await wait(Math.random() * 300)
    running.child.kill('SIGKILL')
    await running.ended
    const next = running.logged()
    for (let n = first; n < next; n++) acknowledged.add(`line ${n}`)
    first = next + 1
  }
  place.server.behaviour = 'accept'
  await start(place, { first, count: 0 }).ended
  const { indexed, twice } = count(place, (message) => acknowledged.has(message))
  return { logged: acknowledged.size, indexed, twice }
}

/** A disk of its own of two megabytes. */
async function diskFull(place) {
  const { spool } = place
  try {
    execFileSync('mkdir', ['-p', spool])
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', spool], { stdio: 'ignore' })
  } catch {
    return { skipped: 'not run: a file system of a limited size cannot be mounted here' }
  }
  try {
    place.server.behaviour = { status: 503 }
    const running = start(place, { count: 12_000, delivery: { segmentBytes: 262_144 } })
    await wait(Math.min(outageMs, 5_000))
    place.server.behaviour = 'accept'
    await running.ended
    return running.result()
  } finally {
    execFileSync('umount', [spool])
  }
}

async function damaged(place) {
  place.server.behaviour = { status: 503 }
  const first = start(place, { count: 2_000, patienceMs: 0 })
  await first.ended
  const { logged } = first.result()
  const segment = readdirSync(place.spool)
    .filter((name) => name.endsWith('.seg'))
    .map((name) => join(place.spool, name))
    .find((path) => statSync(path).size > 0)
  const bytes = readFileSync(segment)
  for (let flip = 0; flip < 20; flip++) {
    const at = bytes.indexOf(`line ${flip * 97}"`)
    bytes[at] ^= 1
  }
  writeFileSync(segment, bytes)
  place.server.behaviour = 'accept'
  const second = start(place, { first: logged, count: 0 })
  await second.ended
  return { ...second.result(), logged }
}

async function twoWriters(place) {
  const first = start(place, { count: 5_000 })
  await first.begun()
  const second = start(
    { ...place, folder: mkdtempSync(join(place.folder, 'second-')) },
    { count: 5_000 },
    'ignore',
  )
  await second.ended
  if (second.child.exitCode === 0) throw new Error('A second process has written to the spool.')
  await first.ended
  return first.result()
}

function linesFor(ms) {
  return Math.round((ms + 2_000) / 20) * 20
}

function start({ server, spool, folder }, { delivery = {}, ...work }, stderr = 'inherit') {
  const loggedPath = join(folder, 'logged')
  const healthPath = join(folder, 'health')
  rmSync(healthPath, { force: true })
  rmSync(loggedPath, { force: true })
  const order = {
    delivery: {
      url: server.url,
      spool,
      flushInterval: 100,
      requestTimeout: 1_000,
      retryDelay: { min: 50, max: 1_000 },
      ...delivery,
    },
    first: 0,
    perTick: 20,
    patienceMs: 60_000,
    loggedPath,
    healthPath,
    ...work,
  }
  const child = spawn(process.execPath, ['--no-warnings', app, JSON.stringify(order)], {
    stdio: ['ignore', 'inherit', stderr],
  })
  const ended = once(child, 'close')
  const logged = () =>
    existsSync(loggedPath) ? Number(readFileSync(loggedPath, 'utf8')) || order.first : order.first
  return {
    child,
    ended,
    logged,
    begun: async () => {
      while (logged() === order.first && child.exitCode === null) await wait(5)
    },
    result: () => {
      const health = JSON.parse(readFileSync(healthPath, 'utf8'))
      const { full, disk, dead } = health.dropped
      return { logged: logged(), dead: health.dead, dropped: full + disk + dead }
    },
  }
}

/** Lines of the app among the documents: a report of drops is none. */
function count({ server }, counts = (message) => /^line \d+$/.test(message)) {
  const lines = [...server.documents.values()].map(({ message }) => message).filter(counts)
  const indexed = new Set(lines).size
  return { indexed, twice: lines.length - indexed }
}

function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function print([name, ...cells]) {
  console.log(`${name.padEnd(34)}${cells.map((cell) => String(cell).padStart(9)).join('')}`)
}
