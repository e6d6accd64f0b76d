/** Asks a server for as long as it is told, on connections that are kept, each request after the answer to the one before. */
import { connect } from 'node:net'

const connections = 32

process.on('message', async ({ port, milliseconds, tail }) => {
  const request = `GET /scans/42?page=2 HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nuser-agent: bench/1\r\naccept: application/json\r\n\r\n`
  const start = process.hrtime.bigint()
  const until = performance.now() + milliseconds
  const counts = await Promise.all(
    Array.from({ length: connections }, () => ask(port, request, tail, until)),
  )
  const elapsed = Number(process.hrtime.bigint() - start)
  process.send({ requests: counts.reduce((sum, count) => sum + count), elapsed })
})

function ask(port, request, tail, until) {
  return new Promise((resolve, reject) => {
    let requests = 0
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      text += chunk
      if (!text.endsWith(tail)) return
      text = ''
      requests += 1
      if (performance.now() < until) socket.write(request)
      else socket.end()
    })
    socket.on('close', () => resolve(requests))
    socket.on('error', reject)
  })
}
