import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { scan } from './scan.js'
import { type Service, startService } from './service.js'
import { largestLockfile, tooLarge } from './settings.js'
import { parseTraceparent } from './traceparent.js'

/** The request cannot be served; the message is a sentence for whoever sent it. */
class RequestError extends Error {
  override readonly name: string = 'RequestError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Serves until the process that started it lets go of it. */
async function main(): Promise<void> {
  const service = await startService('scanner')
  const server = createServer((request, response) => void serve(service, request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  service.log.info({ port }, 'listening')
  process.send?.({ port })
  if (process.connected) await once(process, 'disconnect')
  await closed(server)
  service.log.info('stopped')
  await service.stop()
}

async function serve(
  { log }: Service,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const parent = parseTraceparent(request.headers['traceparent'])
  const attributes = { 'http.request.method': request.method, 'url.path': request.url }
  try {
    const decision = await log.withSpan(
      'POST /scans',
      { kind: 'server', attributes, ...(parent && { parent }) },
      async (span) => {
        if (request.method !== 'POST' || request.url !== '/scans')
          throw new RequestError(404, 'Only POST /scans is served.')
        const text = await log.withSpan('receive lock file', () => receive(request))
        const decided = scan(log, text)
        span.setAttribute('scan.verdict', decided.verdict)
        return decided
      },
    )
    answer(response, 200, decision)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    request.resume()
    answer(response, error instanceof RequestError ? error.status : 422, { error: message })
  }
}

async function receive(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  // The answer to a body that is too large goes out on the same socket, so leaving the loop must not close it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length
    if (bytes > largestLockfile) throw new RequestError(413, tooLarge)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

async function closed(server: Server): Promise<void> {
  server.close()
  await once(server, 'close')
}

await main()
