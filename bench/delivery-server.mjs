/** As much of Elasticsearch as takes bulk requests as fast as it can: it unpacks, counts and forgets. */
import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'

let documents = 0
const answers = new Map()

function answerFor(count) {
  if (!answers.has(count)) {
    const items = Array.from({ length: count }, () => ({ create: { status: 201 } }))
    answers.set(count, JSON.stringify({ took: 1, errors: false, items }))
  }
  return answers.get(count)
}

const server = createServer((request, response) => {
  response
    .setHeader('x-elastic-product', 'Elasticsearch')
    .setHeader('content-type', 'application/json')
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    if (!request.url.includes('_bulk')) return response.end('{"version":{"number":"8.19.0"}}')
    const packed = Buffer.concat(chunks)
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(packed) : packed
    let feeds = 0
    for (let at = body.indexOf(10); at !== -1; at = body.indexOf(10, at + 1)) feeds++
    documents += feeds / 2
    process.send({ documents })
    response.end(answerFor(feeds / 2))
  })
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('disconnect', () => process.exit())
