import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createSecurityLogger } from 'seclog'
import { elasticsearchDestination } from 'seclog/elasticsearch'
import { vocabulary } from '../../dist/security/vocabulary.js'
import { hostileInputs } from '../../test/data/hostile-inputs.mjs'
import { freePort, runDemo } from './demo.mjs'

const source = 'test/backends/opensearch'
const buildMs = 600_000
const startMs = 120_000
const shipMs = 60_000

/**
 * A real OpenSearch from Maven's packages, or the server of ELASTICSEARCH_URL: it must take the assets, and every line: those of all
 * hostile inputs, of spans and of each security event, none refused by the mapping, each found by what it says.
 */
export const opensearch = { name: 'OpenSearch', run }

async function run() {
  const given = process.env.ELASTICSEARCH_URL
  if (given !== undefined) return { seen: await check(given) }
  const built = fetchServer()
  if (built.missing !== undefined) return built
  const folder = mkdtempSync(join(tmpdir(), 'seclog-opensearch-'))
  const child = spawn(
    'java',
    [
      '-Xmx1g',
      '-cp',
      join(built.jars, '*'),
      join(source, 'Server.java'),
      folder,
      String((await freePort()) - 1),
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  )
  try {
    return { seen: await check(`http://127.0.0.1:${await portOf(child)}`) }
  } finally {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The folder of its packages, fetched once for one pom.xml, or why there is none. */
function fetchServer() {
  const hash = createHash('sha256')
    .update(readFileSync(join(source, 'pom.xml')))
    .digest('hex')
  const jars = join(tmpdir(), `seclog-opensearch-jars-${hash.slice(0, 16)}`)
  if (existsSync(jars)) return { jars }
  const fresh = `${jars}-${process.pid}`
  const { status, stdout, error } = spawnSync(
    'mvn',
    [
      '-q',
      '-B',
      '-f',
      join(source, 'pom.xml'),
      'dependency:copy-dependencies',
      `-DoutputDirectory=${fresh}`,
    ],
    { encoding: 'utf8', timeout: buildMs },
  )
  if (error) return { missing: `mvn: ${error.message}` }
  if (status !== 0) return { missing: `mvn ended with ${status}: ${stdout.slice(-600)}` }
  renameSync(fresh, jars)
  return { jars }
}

async function portOf(child) {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output = (output + chunk).slice(-20_000)
    })
  }
  const until = performance.now() + startMs
  while (performance.now() < until && child.exitCode === null) {
    const port = /seclog: port (\d+)/.exec(output)?.[1]
    if (port !== undefined) return port
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`OpenSearch did not start: ${output.slice(-2_000)}`)
}

async function check(url) {
  const dataset = 'seclog_test'
  const namespace = `n${process.pid}`
  const elk = (action) =>
    spawnSync(
      process.execPath,
      ['dist/cli/bin.js', 'elk', action, '--url', url, '--dataset', dataset, '--json'],
      { encoding: 'utf8' },
    )
  for (const states of [['missing', 'differs', 'same'], ['same']]) {
    const { status, stdout, stderr } = elk('setup')
    assert.equal(status, 0, stderr)
    for (const { path, state } of JSON.parse(stdout).assets)
      assert.ok(states.includes(state), `${path} ${state}`)
  }
  const checked = elk('check')
  assert.equal(checked.status, 0, checked.stdout + checked.stderr)

  const folder = mkdtempSync(join(tmpdir(), 'seclog-opensearch-spool-'))
  try {
    const destination = elasticsearchDestination({
      url,
      dataset,
      namespace,
      spool: folder,
      flushInterval: 100,
    })
    const { lines, trace, messages } = writeAll(destination)
    const demo = demoLines(await runDemo(folder, { LOG_FORMAT: 'ecs' }))
    for (const line of demo) destination.write(`${line}\n`)
    const all = lines + demo.length
    const until = performance.now() + shipMs
    while (destination.health().backlog > 0 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await new Promise((resolve) => destination.end(resolve))
    const { delivered, dead, backlog, lastError } = destination.health()
    const letters =
      dead === 0 ? '' : readFileSync(join(folder, 'dead-letters.ndjson'), 'utf8').slice(0, 3_000)
    assert.deepEqual(
      { delivered, dead, backlog },
      { delivered: all, dead: 0, backlog: 0 },
      `${letters} ${lastError}`,
    )
    await askJson(`${url}/logs-${dataset}-${namespace}/_refresh`, {})
    const count = async (query) =>
      (await askJson(`${url}/logs-${dataset}-${namespace}/_count`, { query })).count
    assert.equal(await count({ match_all: {} }), all)
    assert.equal(await count({ term: { 'trace.id': trace } }), lines)
    assert.equal(await count({ range: { '@timestamp': { gte: 'now-1h', lte: 'now+1h' } } }), all)
    for (const event of Object.keys(vocabulary)) {
      assert.equal(await count({ term: { 'event.code': event } }), 1, event)
    }
    assert.equal(
      await count({ term: { 'source.ip': '192.0.2.0/24' } }),
      Object.keys(vocabulary).length,
    )
    assert.equal(await count({ range: { 'http.response.status_code': { gte: 500 } } }), 1)
    assert.equal(await count({ term: { 'labels.scan_id': 's-42' } }), 1)
    for (const message of messages)
      assert.ok((await count({ match_phrase: { message } })) > 0, message)
    for (const [id, found] of byTrace(demo))
      assert.equal(await count({ term: { 'trace.id': id } }), found, id)
    return `took ${all} lines, ${demo.length} of them the demo's, none refused, and finds them by trace, event, address, number, label and message`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function demoLines(files) {
  const lines = files.flatMap((text) => text.split('\n')).filter((line) => line !== '')
  assert.ok(lines.length > 10, 'the demo wrote no lines')
  return lines
}

/** How many lines each trace has. */
function byTrace(lines) {
  const counts = new Map()
  for (const line of lines) {
    const id = JSON.parse(line)['trace.id']
    if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  assert.ok(counts.size > 0)
  return counts
}

/** All in one trace. */
function writeAll(destination) {
  const log = createSecurityLogger({ service: 'seclog-test', format: 'ecs' }, destination)
  const messages = []
  const trace = log.withSpan('everything', (span) => {
    for (const { name, how = 'obj', make, heavy } of hostileInputs) {
      if (heavy) continue
      const value = make()
      if (how === 'obj') log.info(value, name)
      else if (how === 'field') log.info({ v: value }, name)
      else if (how === 'err') log.error(value, name)
      else if (how === 'msg') log.info(value)
      else if (how === 'args') log.info(...value)
      else log.child(value).info(name)
      if (how === 'obj' || how === 'field') messages.push(name)
    }
    for (const event of Object.keys(vocabulary)) {
      log.security(event, { userid: 'alice', source: { ip: '192.0.2.7' } })
    }
    log.info({ scan_id: 's-42', http: { response: { status_code: 503 } } }, 'scan finished')
    return span.spanContext().traceId
  })
  return { lines: log.health().lines, trace, messages: [...messages, 'scan finished'] }
}

async function askJson(url, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = await response.json()
  assert.equal(response.status, 200, JSON.stringify(answer).slice(0, 500))
  return answer
}
