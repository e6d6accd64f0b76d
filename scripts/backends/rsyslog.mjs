import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createSecurityLogger, fileDestination } from 'seclog'

const lines = 3_000
const patienceMs = 90_000

/**
 * rsyslog with the configuration of examples/elk, changed in its paths and its server only: lines of a file that rotates, through an outage
 * of the server and a restart of rsyslog, must be there, byte for byte. How many came twice is told: rsyslog gives lines no id.
 */
export const rsyslog = { name: 'rsyslog', run }

async function run() {
  const binary = findRsyslog()
  if (binary === undefined)
    return {
      missing:
        'rsyslogd with omelasticsearch (on Debian: apt-get install rsyslog rsyslog-elasticsearch)',
    }
  const folder = mkdtempSync(join(tmpdir(), 'seclog-rsyslog-'))
  const taken = []
  let server = await listen(0, taken)
  const { port } = server.address()
  const config = join(folder, 'rsyslog.conf')
  mkdirSync(join(folder, 'spool'))
  writeFileSync(config, configFor(folder, port))
  const start = () =>
    spawn(binary, ['-n', '-f', config, '-i', join(folder, 'pid')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  let child = start()
  try {
    const written = []
    const file = fileDestination({
      path: join(folder, 'logs', 'scan-api.ndjson'),
      rotate: { size: 200_000 },
      reopenOnSighup: false,
    })
    const destination = {
      write(line) {
        written.push(line.trimEnd())
        file.write(line)
      },
    }
    const log = createSecurityLogger({ service: 'scan-api', format: 'ecs' }, destination)
    const write = async (from, to) => {
      for (let n = from; n < to; n++) {
        log.info({ n, hostile: `a "quote" \\ %msg% é 😀 ${'x'.repeat(n % 300)}` }, `line ${n}`)
        if (n % 50 === 0) await pause(20)
      }
    }
    await write(0, lines / 3)
    // Away for a while.
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await write(lines / 3, (2 * lines) / 3)
    server = await listen(port, taken)
    await write((2 * lines) / 3, (5 * lines) / 6)
    const caughtUp = performance.now() + patienceMs
    while (new Set(taken).size < (2 * lines) / 3 && performance.now() < caughtUp) await pause(50)
    child.kill('SIGTERM')
    await once(child, 'exit')
    child = start()
    await write((5 * lines) / 6, lines)
    const until = performance.now() + patienceMs
    while (new Set(taken).size < lines && performance.now() < until) await pause(100)
    file.end()
    const found = new Set(taken)
    assert.deepEqual(
      written.filter((line) => !found.has(line)).length,
      0,
      'lines are missing or were changed',
    )
    assert.ok(file.health().rotations > 1)
    const twice = taken.length - found.size
    return {
      seen: `delivered ${lines} of ${lines} lines byte for byte through ${file.health().rotations} rotations, an outage and a restart; ${twice} twice`,
    }
  } finally {
    child.kill('SIGKILL')
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function configFor(folder, port) {
  return readFileSync('examples/elk/rsyslog.conf', 'utf8')
    .replaceAll('/var/log/scan-api.ndjson', join(folder, 'logs', 'scan-api.ndjson'))
    .replaceAll('/var/spool/rsyslog', join(folder, 'spool'))
    .replaceAll('/var/log/rsyslog-elasticsearch-errors.json', join(folder, 'errors.json'))
    .replace('serverport="9200"', `serverport="${port}"`)
}

/** Takes documents of `_bulk` into a list. */
async function listen(port, taken) {
  const server = createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      response.setHeader('content-type', 'application/json')
      if (!request.url.includes('_bulk')) return response.end('{"version":{"number":"8.19.0"}}')
      const rows = Buffer.concat(chunks).toString().split('\n')
      const items = []
      for (let index = 0; index + 1 < rows.length; index += 2) {
        taken.push(rows[index + 1])
        items.push({ create: { status: 201 } })
      }
      response.end(JSON.stringify({ took: 1, errors: false, items }))
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

/** On Debian, where this is root, its packages are installed if there is none. */
function findRsyslog() {
  const binary = '/usr/sbin/rsyslogd'
  const isThere = () =>
    existsSync(binary) &&
    spawnSync('sh', ['-c', 'ls /usr/lib/*/rsyslog/omelasticsearch.so'], { stdio: 'ignore' })
      .status === 0
  if (isThere()) return binary
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined
  console.error('No rsyslog was found: installing the packages rsyslog and rsyslog-elasticsearch.')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [
    ['update'],
    ['install', '--yes', '--no-install-recommends', 'rsyslog', 'rsyslog-elasticsearch'],
  ]) {
    if (spawnSync('apt-get', ['--quiet', ...args], { stdio: 'ignore', env }).status !== 0)
      return undefined
  }
  return isThere() ? binary : undefined
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
