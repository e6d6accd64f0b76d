/**
 * A path, or what matches one: text stands for itself, `:name` for one segment, a last `*` for any rest; a `RegExp` is tested
 * on the path as it came.
 */
export type PathPattern = string | RegExp

/** Whether a request to a path is traced. */
export type PathFilter = (path: string) => boolean

/**
 * The paths of MCP's transports, in the spellings of the servers and gateways that are in use, alone and below
 * `/servers/:id`.
 *
 * @example
 * traceHttpServer(server, { log, include: mcpPaths })
 */
export const mcpPaths: readonly string[] = ['', '/servers/:id'].flatMap((prefix) =>
  [
    '/rpc',
    '/mcp',
    '/mcp/sse',
    '/mcp/message',
    '/mcp/messages',
    '/sse',
    '/message',
    '/messages',
  ].map((path) => prefix + path),
)

/**
 * Compiles the filters of a server.
 *
 * Whoever sends a request must not be able to keep it out of the log by another spelling of its path: `include` also matches
 * what a router may take the path for (decoded, in lower case, without empty segments), `ignore` matches the path as it came.
 *
 * @param include - Only these are traced. @defaultValue all
 * @param ignore - These are not, also where `include` has them.
 */
export function createPathFilter(
  include: readonly PathPattern[] | undefined,
  ignore: readonly PathPattern[] | undefined,
): PathFilter {
  const included = include?.map((pattern) => compile(pattern, true))
  const ignored = ignore?.map((pattern) => compile(pattern, false)) ?? []
  return (path) => {
    if (ignored.some((test) => test(path))) return false
    if (included === undefined) return true
    const plain = normalized(path)
    return included.some((test) => test(path) || test(plain))
  }
}

function compile(pattern: PathPattern, loose: boolean): PathFilter {
  if (typeof pattern !== 'string') {
    const source = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
    return (path) => source.test(path)
  }
  const wanted = segmentsOf(loose ? normalized(pattern) : pattern)
  const open = wanted.at(-1) === '*'
  const fixed = open ? wanted.slice(0, -1) : wanted
  return (path) => {
    const given = segmentsOf(path)
    if (open ? given.length < fixed.length : given.length !== fixed.length) return false
    return fixed.every((segment, index) =>
      segment.startsWith(':') ? given[index] !== '' : segment === given[index],
    )
  }
}

/** Without the empty one before the first slash, nor one after the last. */
function segmentsOf(path: string): string[] {
  const segments = path.split('/')
  if (segments[0] === '') segments.shift()
  if (segments.at(-1) === '') segments.pop()
  return segments
}

function normalized(path: string): string {
  let text = path
  try {
    text = decodeURIComponent(path)
  } catch {
    // A path that cannot be decoded is what it is.
  }
  return text
    .replaceAll('\\', '/')
    .replace(/\/{2,}/g, '/')
    .toLowerCase()
}
