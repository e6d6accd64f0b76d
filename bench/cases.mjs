/**
 * What is measured. A case makes a loop of its own, so that no call of one case runs through a call site that another
 * one has seen. Every case is written once for the loggers of pino's shape; the others say it in their own words.
 */

const ids = Array.from({ length: 64 }, (_, i) => `s-${1000 + i}`)

// Put together here, so that no scanner of this repository takes them for real ones.
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const signature = 'p3H7kqv5Yx0mVZt1c9wLrB2nQeUaD8sJfKiGhTgXoCy'
const jwt = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: 'u-4711', scope: 'scan' })}.${signature}`

/** The three secrets of a request record: under a header, under a key, and in a query string. */
export const secrets = {
  header: jwt,
  key: 'hunter2-but-longer',
  query: ['9f8d', '2c41', 'b7e6', '4a05'].join(''),
}

/** A fresh record for each line: a request with nested headers and a secret in three places. */
export const requestRecord = (i) => ({
  request: {
    id: ids[i & 63],
    method: 'POST',
    url: `/v1/scans?project=gateway&access_token=${secrets.query}&limit=20`,
    remoteAddress: '10.3.7.21',
    remotePort: 41822,
    headers: {
      host: 'scan.internal.example',
      'user-agent': 'scan-client/3.2.1 (linux; x64) node/20.20.2',
      accept: 'application/json, text/plain;q=0.9, */*;q=0.5',
      'accept-encoding': 'gzip, deflate, br',
      'content-type': 'application/json; charset=utf-8',
      'content-length': '1842',
      authorization: `Bearer ${secrets.header}`,
      'x-request-id': 'b1946ac92492d2347c6235b4d2611184',
    },
  },
  body: { user: 'ada', password: secrets.key, options: { deep: true, retries: 3 } },
  tenant: { id: 't-17', region: 'eu-central-1', plan: 'team' },
  durationMs: 12.75,
  status: 201,
})

/** The same paths for every redactor that works by paths. */
export const redactPaths = [
  'request.headers.authorization',
  'request.headers.cookie',
  'request.url',
  'body.password',
  'body.token',
]

/** Errors with their stacks already made, so that the capture of a stack is not measured. */
export const errors = Array.from({ length: 256 }, (_, i) => {
  const error = new TypeError(`lockfile entry ${i} has no integrity hash`)
  error.code = 'E_INTEGRITY'
  error.stack
  return error
})

/**
 * The cases, in the order of the table. `span`: the loop runs inside an active span; `eight`: the span changes every
 * eight lines.
 */
export const cases = {
  off: { title: 'level off, three fields' },
  message: { title: 'a message' },
  fields: { title: 'three fields and a message' },
  child: { title: 'child (two bindings), three fields' },
  'new-child': { title: 'a new child (two bindings) for each line, three fields' },
  span: { title: 'three fields in a span', span: true },
  'span-8': { title: 'three fields in a span, eight lines a span', span: true, eight: true },
  'child-span': { title: 'child (two bindings), three fields, in a span', span: true },
  error: { title: 'error with stack' },
  request: { title: 'request record with nested headers, a secret in three places' },
}

/** The loops for a logger of pino's shape. */
export function pinoLoops(log) {
  const child = log.child({ component: 'scanner', tenant: 't-17' })
  const fields = (n) => {
    for (let i = 0; i < n; i++) {
      log.info({ scanId: ids[i & 63], findings: i, clean: false }, 'scan finished')
    }
  }
  const childFields = (n) => {
    for (let i = 0; i < n; i++) {
      child.info({ scanId: ids[i & 63], findings: i, clean: false }, 'scan finished')
    }
  }
  return {
    off: (n) => {
      for (let i = 0; i < n; i++) {
        log.debug({ scanId: ids[i & 63], findings: i, clean: false }, 'scan finished')
      }
    },
    message: (n) => {
      for (let i = 0; i < n; i++) log.info('scan finished')
    },
    fields,
    child: childFields,
    'new-child': (n) => {
      for (let i = 0; i < n; i++) {
        log
          .child({ component: 'scanner', tenant: 't-17' })
          .info({ scanId: ids[i & 63], findings: i, clean: false }, 'scan finished')
      }
    },
    span: fields,
    'span-8': fields,
    'child-span': childFields,
    error: (n) => {
      for (let i = 0; i < n; i++) log.error({ err: errors[i & 255] }, 'scan failed')
    },
    request: (n) => {
      for (let i = 0; i < n; i++) log.info(requestRecord(i), 'request done')
    },
  }
}

/** The loops for a logger that takes the message first and the fields after it. */
export function messageFirstLoops(log, makeChild) {
  const child = makeChild(log)
  const fields = (n) => {
    for (let i = 0; i < n; i++) {
      log.info('scan finished', { scanId: ids[i & 63], findings: i, clean: false })
    }
  }
  const childFields = (n) => {
    for (let i = 0; i < n; i++) {
      child.info('scan finished', { scanId: ids[i & 63], findings: i, clean: false })
    }
  }
  return {
    off: (n) => {
      for (let i = 0; i < n; i++) {
        log.debug('scan finished', { scanId: ids[i & 63], findings: i, clean: false })
      }
    },
    message: (n) => {
      for (let i = 0; i < n; i++) log.info('scan finished')
    },
    fields,
    child: childFields,
    'new-child': (n) => {
      for (let i = 0; i < n; i++) {
        makeChild(log).info('scan finished', { scanId: ids[i & 63], findings: i, clean: false })
      }
    },
    span: fields,
    'span-8': fields,
    'child-span': childFields,
    error: (n) => {
      for (let i = 0; i < n; i++) log.error('scan failed', { err: errors[i & 255] })
    },
    request: (n) => {
      for (let i = 0; i < n; i++) log.info('request done', requestRecord(i))
    },
  }
}
