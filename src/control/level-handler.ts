import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { SeclogError } from '../errors.js'
import { registerSecret } from '../redaction/registry.js'
import { loggerLevels, type SetLevelOptions, setLoggerLevel } from './levels.js'

export interface LevelHandlerOptions {
  /** What a request must show as `Authorization: Bearer …`, 16 characters or more; or tokens by the user whose they are. */
  readonly token: string | Readonly<Record<string, string>>
}

/** A logger, as far as refused requests are logged on it. */
export interface LevelHandlerLogger {
  security(event: 'authz_fail', fields: object, message?: string): void
}

/** Answers a request of `node:http`, and of what is built on it. Never throws. */
export type LevelHandler = (request: IncomingMessage, response: ServerResponse) => void

const leastToken = 16
const mostBytes = 4_096

/**
 * A handler that lists levels (`GET`) and sets them (`PUT` of `{"level": "debug", "name": "scan", "for": "10m"}`). Whoever has no token
 * is refused and logged, tokens are compared in constant time and masked on every line; each change is a security event.
 *
 * @param log - The logger on which refused requests are written.
 * @throws SeclogError `SECLOG_OPTION_INVALID` without a token, `SECLOG_SECRET_WEAK` for one that is easily guessed
 * @see https://owasp.org/www-project-application-security-verification-standard/ ASVS V16
 * @example
 * createServer(createLevelHandler(log, { token })).listen(9090, '127.0.0.1')
 */
export function createLevelHandler(
  log: LevelHandlerLogger,
  options: LevelHandlerOptions,
): LevelHandler {
  const userOf = tokenTest(options?.token)
  return (request, response) => {
    void answer(request, response, log, userOf).catch(() => response.destroy())
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  log: LevelHandlerLogger,
  userOf: TokenTest,
): Promise<void> {
  const from = request.socket?.remoteAddress
  const caller = userOf(request.headers.authorization)
  if (caller === undefined) {
    const fields = { resource: 'log levels', ...(from !== undefined && { source: { ip: from } }) }
    log.security('authz_fail', fields, 'log levels refused: no valid token')
    response.setHeader('www-authenticate', 'Bearer')
    send(response, 401, { error: 'A bearer token is needed.' })
  } else if (request.method === 'GET') {
    send(response, 200, { loggers: loggerLevels() })
  } else if (request.method === 'PUT') {
    await setLevel(request, response, { by: caller.user, from })
  } else {
    response.setHeader('allow', 'GET, PUT')
    send(response, 405, { error: 'GET lists levels, PUT sets them.' })
  }
}

async function setLevel(
  request: IncomingMessage,
  response: ServerResponse,
  who: { readonly by: string | undefined; readonly from: string | undefined },
): Promise<void> {
  const body = await readBody(request)
  if (body === undefined) {
    send(response, 400, { error: 'The body must be a small JSON object with a level.' })
    return
  }
  const { name, level, for: time } = body
  if (typeof level !== 'string' || (name !== undefined && typeof name !== 'string')) {
    send(response, 400, { error: 'level, and name if it is given, must be text.' })
    return
  }
  const options: SetLevelOptions = {
    reason: 'request',
    ...(time !== undefined && { for: time as NonNullable<SetLevelOptions['for']> }),
    ...(who.by !== undefined && { by: who.by }),
    ...(who.from !== undefined && { from: who.from }),
  }
  try {
    setLoggerLevel(name, level, options)
  } catch (error) {
    if (!(error instanceof SeclogError)) throw error
    send(response, 422, { error: error.message })
    return
  }
  send(response, 200, { loggers: loggerLevels() })
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // What was not read of a refused request's body is not read at all.
    ...(status >= 400 && { connection: 'close' }),
  })
  response.end(text)
}

/** The body, which a framework may have parsed already; `undefined` for one that is no object or too long. */
async function readBody(request: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  const { body } = request as { body?: unknown }
  if (typeof body === 'object' && body !== null) return body as Record<string, unknown>
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBytes) return undefined
    chunks.push(chunk)
  }
  try {
    const parsed: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    return typeof parsed === 'object' && parsed !== null
      ? (parsed as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** Whose token a header shows; `undefined` for nobody's. */
type TokenTest = (header: string | undefined) => { readonly user: string | undefined } | undefined

function tokenTest(token: unknown): TokenTest {
  const entries: [string | undefined, unknown][] =
    typeof token === 'object' && token !== null ? Object.entries(token) : [[undefined, token]]
  const key = randomBytes(32)
  // Digests are of one length, so that comparing takes the same time however much of a guess is right.
  const digest = (text: string): Buffer => createHmac('sha256', key).update(text).digest()
  const known = entries.map(([user, value]) => {
    if (typeof value !== 'string' || value.length < leastToken) {
      throw new SeclogError(
        'SECLOG_OPTION_INVALID',
        `createLevelHandler needs a token of ${leastToken} characters or more.`,
      )
    }
    registerSecret(value, { name: 'log level token' })
    return { user, digest: digest(value) }
  })
  if (known.length === 0) {
    throw new SeclogError('SECLOG_OPTION_INVALID', 'createLevelHandler needs a token.')
  }
  return (header) => {
    const given = digest(/^Bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? '')
    let found: { user: string | undefined } | undefined
    for (const { user, digest: expected } of known) {
      if (timingSafeEqual(given, expected)) found = { user }
    }
    return found
  }
}
