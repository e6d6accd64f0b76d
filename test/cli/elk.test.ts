import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { runSeclog } from './run-seclog.js'

/** As much of Elasticsearch as takes templates and gives them back. */
async function server(t: ExecutionContext, version: object = { number: '9.2.0' }) {
  const kept = new Map<string, Record<string, unknown>>()
  const seen: { method: string; path: string; authorization: string | undefined }[] = []
  const http = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request
    seen.push({ method, path, authorization: headers.authorization })
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      if (path === '/') return response.end(JSON.stringify({ version }))
      if (method === 'PUT') {
        kept.set(path, JSON.parse(body))
        return response.end('{"acknowledged":true}')
      }
      const found = kept.get(path)
      const name = path.split('/').at(-1) ?? ''
      if (found === undefined) return response.writeHead(404).end('{}')
      const answer = path.startsWith('/_ingest')
        ? { [name]: found }
        : path.startsWith('/_index')
          ? { index_templates: [{ name, index_template: found }] }
          : { component_templates: [{ name, component_template: found }] }
      return response.end(JSON.stringify(answer))
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  t.teardown(() => {
    http.close()
    http.closeAllConnections()
  })
  return { kept, seen, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` }
}

test('setup puts what is missing, and nothing the second time', async (t) => {
  const { url, seen } = await server(t)
  const first = await runSeclog(['elk', 'setup', '--url', url, '--dataset', 'scan_api'])
  t.is(first.code, 0, first.stderr)
  t.is(first.stdout.match(/: put \(/g)?.length, 4)
  const puts = () => seen.filter(({ method }) => method === 'PUT').length
  t.is(puts(), 4)
  const second = await runSeclog(['elk', 'setup', '--url', url, '--dataset', 'scan_api'])
  t.is(second.stdout.match(/as it should be/g)?.length, 4)
  t.is(puts(), 4)
})

test('check says what is missing or differs, and setup mends it', async (t) => {
  const { url, kept } = await server(t)
  t.is((await runSeclog(['elk', 'check', '--url', url])).code, 1)
  await runSeclog(['elk', 'setup', '--url', url])
  t.is((await runSeclog(['elk', 'check', '--url', url])).code, 0)
  const mapping = kept.get('/_component_template/logs-generic@seclog-mappings') as {
    template: { mappings: { properties: { labels: { type: string } } } }
  }
  mapping.template.mappings.properties.labels.type = 'keyword'
  const found = await runSeclog(['elk', 'check', '--url', url])
  t.is(found.code, 1)
  t.regex(
    found.stdout,
    /template\.mappings\.properties\.labels\.type is "keyword", not "flattened"/,
  )
  const told = JSON.parse((await runSeclog(['elk', 'check', '--json', '--url', url])).stdout)
  t.is(told.ok, false)
  t.is(told.assets[0].state, 'differs')
  await runSeclog(['elk', 'setup', '--url', url])
  t.is((await runSeclog(['elk', 'check', '--url', url])).code, 0)
})

test('OpenSearch gets its own types, and is told of no retention', async (t) => {
  const { url, kept } = await server(t, { number: '2.19.1', distribution: 'opensearch' })
  t.is((await runSeclog(['elk', 'setup', '--url', url])).code, 0)
  t.true(JSON.stringify([...kept.values()]).includes('flat_object'))
  const { code, stderr } = await runSeclog(['elk', 'setup', '--url', url, '--retention', '90d'])
  t.is(code, 2)
  t.regex(stderr, /Index State Management/)
})

test('print writes the requests and asks nobody', async (t) => {
  const { code, stdout } = await runSeclog([
    'elk',
    'print',
    '--dataset',
    'scan_api',
    '--opensearch',
  ])
  t.is(code, 0)
  t.is(JSON.parse(stdout).length, 4)
})

test('credentials come from the environment', async (t) => {
  const { url, seen } = await server(t)
  const basic = { ELASTICSEARCH_USERNAME: 'elastic', ELASTICSEARCH_PASSWORD: 'pass' }
  await runSeclog(['elk', 'check', '--url', url], { env: { ELASTICSEARCH_API_KEY: 'a2V5' } })
  await runSeclog(['elk', 'check'], { env: { ELASTICSEARCH_URL: url, ...basic } })
  t.deepEqual(
    new Set(seen.map(({ authorization }) => authorization)),
    new Set(['ApiKey a2V5', `Basic ${Buffer.from('elastic:pass').toString('base64')}`]),
  )
})

const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['nothing to do', [], /setup\|check\|print/],
  ['no server', ['check'], /ELASTICSEARCH_URL/],
  [
    'credentials in the URL',
    ['check', '--url', 'https://u:p@elastic.example'],
    /ELASTICSEARCH_API_KEY/,
  ],
  [
    'plain http to another machine',
    ['check', '--url', 'http://elastic.example:9200'],
    /--allow-http/,
  ],
  ['a name that no data stream may have', ['print', '--dataset', 'Scan-API'], /dataset/],
  ['a server that is none', ['check', '--url', 'http://127.0.0.1:9'], /could not be asked/],
  [
    'certificates that are not there',
    ['check', '--url', 'https://127.0.0.1:9', '--ca', 'nowhere.pem'],
    /--ca/,
  ],
]
for (const [what, args, sentence] of wrong) {
  test(`${what} is said in a sentence`, async (t) => {
    const { code, stderr } = await runSeclog(['elk', ...args])
    t.is(code, 2)
    t.regex(stderr, sentence)
    t.false(stderr.includes('u:p'))
  })
}
