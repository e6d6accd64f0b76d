import test from 'ava'
import { mcpPaths, type PathPattern } from '../../src/http/index.js'
import { createPathFilter } from '../../src/http/paths.js'

const rows: readonly (readonly [PathPattern, string, boolean])[] = [
  ['/health', '/health', true],
  ['/health', '/health/', true],
  ['/health', '/healthy', false],
  ['/health', '/health/deep', false],
  ['/health', '/', false],
  ['/', '/', true],
  ['/static/*', '/static/a/b.js', true],
  ['/static/*', '/static', true],
  ['/static/*', '/statics', false],
  ['*', '/anything', true],
  ['/servers/:id/mcp', '/servers/7/mcp', true],
  ['/servers/:id/mcp', '/servers//mcp', false],
  ['/servers/:id/mcp', '/servers/7/8/mcp', false],
  [/^\/v\d+\/ping$/g, '/v1/ping', true],
  [/^\/v\d+\/ping$/g, '/vx/ping', false],
]

for (const [pattern, path, matches] of rows) {
  test(`${String(pattern)} ${matches ? 'matches' : 'does not match'} ${path}`, (t) => {
    for (let times = 0; times < 2; times++) {
      t.is(createPathFilter([pattern], undefined)(path), matches)
      t.is(createPathFilter(undefined, [pattern])(path), !matches)
    }
  })
}

test('without filters every path is traced, and ignore wins over include', (t) => {
  t.true(createPathFilter(undefined, undefined)('/x'))
  t.false(createPathFilter(['/x'], ['/x'])('/x'))
})

for (const path of ['/MCP', '/%6dcp', '//mcp', '/mcp/', '/%2Fmcp', '\\mcp']) {
  test(`a request to ${path} neither keeps itself out of include nor gets itself into ignore`, (t) => {
    t.true(createPathFilter(['/mcp'], undefined)(path))
    if (path !== '/mcp/') t.true(createPathFilter(undefined, ['/mcp'])(path))
  })
}

test('a path that cannot be decoded is matched as it is', (t) => {
  t.true(createPathFilter(['/%'], undefined)('/%'))
})

test('the table of MCP has its transports, alone and below a server', (t) => {
  const traces = createPathFilter(mcpPaths, undefined)
  for (const path of ['/rpc', '/mcp', '/mcp/sse', '/mcp/message']) {
    t.true(traces(path), path)
    t.true(traces(`/servers/7f9c${path}`), path)
  }
  for (const path of ['/', '/servers/7f9c', '/mcp/other', '/servers/a/b/mcp', '/admin']) {
    t.false(traces(path), path)
  }
})
