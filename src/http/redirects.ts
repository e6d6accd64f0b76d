/** `fetch` of whichever implementation. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

export interface RedirectSteps {
  /** Puts on a request's headers what its target may know, and takes off what it may not. */
  carry(target: URL, headers: Headers): void
  onRedirect(status: number, target: URL, count: number): void
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const mostRedirects = 20
const bodyHeaders = [
  'content-encoding',
  'content-language',
  'content-location',
  'content-type',
  'content-length',
]
/** What is meant for one origin only. */
const originHeaders = ['authorization', 'proxy-authorization', 'cookie', 'host']

/** What the next request of a chain is made of. */
interface Hop {
  url: URL
  method: string
  headers: Headers
  body: RequestInit['body'] | undefined
  /** Of a `Request`, whose body can be read only once: what is read if it must be sent again. */
  replay: Request | undefined
}

/**
 * `fetch` that follows redirects itself, so that each request of the chain has its own headers; where the caller follows them,
 * or wants none, so it stays.
 *
 * @see https://fetch.spec.whatwg.org/#http-redirect-fetch
 */
export async function followRedirects(
  send: Fetch,
  input: string | URL | Request,
  init: RequestInit | undefined,
  url: URL,
  steps: RedirectSteps,
): Promise<Response> {
  const request = typeof input === 'object' && 'url' in input ? input : undefined
  const headers = new Headers(init?.headers ?? request?.headers)
  steps.carry(url, headers)
  const mode = init?.redirect ?? request?.redirect ?? 'follow'
  if (mode !== 'follow') return send(input, { ...init, headers })
  const hop: Hop = {
    url,
    method: (init?.method ?? request?.method ?? 'GET').toUpperCase(),
    headers,
    body: init?.body,
    replay: init?.body == null && request?.body != null ? request.clone() : undefined,
  }
  const unread = hop.replay
  try {
    let response = await send(input, { ...init, headers, redirect: 'manual' })
    for (let count = 0; redirects.has(response.status); count++) {
      const location = response.headers.get('location')
      if (location === null) return count === 0 ? response : marked(response, hop.url)
      if (count >= mostRedirects) throw failure('redirect count exceeded')
      const target = targetOf(location, hop, init?.mode ?? request?.mode)
      turn(hop, response.status, target)
      steps.carry(target, hop.headers)
      steps.onRedirect(response.status, target, count + 1)
      await response.body?.cancel()
      if (hop.replay !== undefined) {
        hop.body = await hop.replay.arrayBuffer()
        hop.replay = undefined
      }
      response = await resend(send, hop, init, request)
      if (!redirects.has(response.status)) return marked(response, target)
    }
    return response
  } finally {
    // Half of a clone that nobody reads would keep what the other half has read.
    if (unread?.bodyUsed === false) void unread.body?.cancel().catch(() => {})
  }
}

function resend(
  send: Fetch,
  { url, method, headers, body }: Hop,
  init: RequestInit | undefined,
  request: Request | undefined,
): Promise<Response> {
  const inherited = request === undefined ? {} : inheritedFrom(request)
  return send(url, {
    ...inherited,
    ...init,
    method,
    headers,
    body: body ?? null,
    redirect: 'manual',
  })
}

function inheritedFrom(request: Request): RequestInit {
  const { signal, mode, credentials, referrer, referrerPolicy, integrity, keepalive } = request
  return { signal, mode, credentials, referrer, referrerPolicy, integrity, keepalive }
}

function targetOf(location: string, hop: Hop, mode: string | undefined): URL {
  // Header values are bytes: what is beyond ASCII is UTF-8.
  const text = Buffer.from(location, 'latin1').toString('utf8')
  if (!URL.canParse(text, hop.url.href)) throw failure('Invalid URL')
  const target = new URL(text, hop.url)
  if (target.protocol !== 'http:' && target.protocol !== 'https:')
    throw failure('URL scheme must be a HTTP(S) scheme')
  const hasUser = target.username !== '' || target.password !== ''
  if (hasUser && (mode ?? 'cors') === 'cors' && target.origin !== hop.url.origin)
    throw failure('cross origin not allowed for request mode "cors"')
  if (target.hash === '') target.hash = hop.url.hash
  return target
}

/** Makes of a request the one that a redirect asks for. */
function turn(hop: Hop, status: number, target: URL): void {
  const { method } = hop
  if (status !== 303 && hop.replay === undefined && isReadOnce(hop.body)) {
    throw failure('the body of a redirected request cannot be sent again')
  }
  if (
    ((status === 301 || status === 302) && method === 'POST') ||
    (status === 303 && method !== 'GET' && method !== 'HEAD')
  ) {
    hop.method = 'GET'
    hop.body = null
    hop.replay = undefined
    for (const name of bodyHeaders) hop.headers.delete(name)
  }
  if (target.origin !== hop.url.origin) for (const name of originHeaders) hop.headers.delete(name)
  hop.url = target
}

function isReadOnce(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false
  if (body instanceof ReadableStream) return true
  return (
    Symbol.asyncIterator in body &&
    !(body instanceof Blob || body instanceof FormData || body instanceof URLSearchParams)
  )
}

function marked(response: Response, url: URL): Response {
  const shown = new URL(url.href)
  shown.hash = ''
  Object.defineProperty(response, 'redirected', { value: true, configurable: true })
  if (response.url === '')
    Object.defineProperty(response, 'url', { value: shown.href, configurable: true })
  return response
}

/** As `fetch` fails. */
function failure(reason: string): TypeError {
  return new TypeError('fetch failed', { cause: new Error(reason) })
}
