import type { Canaries } from './canaries.js'
import type { ProbedLogger } from './probe-types.js'

type Step = readonly [name: string, run: () => void]

/** What a logger must stand: secrets in every place, fields of its own, and what drives terminals. */
export function probeSteps(
  log: ProbedLogger,
  canaries: Canaries,
  serializers: readonly string[],
): readonly Step[] {
  const database = `postgres://app:${canaries.errorMessage}@db.internal:5432/main`
  const failed = Object.assign(new Error('Request failed with status code 401'), {
    config: { headers: { Authorization: `Bearer ${canaries.errorConfig}` } },
  })
  const canarySteps: readonly Step[] = [
    ['password', () => log.info({ password: canaries.password }, 'probe')],
    [
      'authorization',
      () => log.info({ headers: { authorization: `Bearer ${canaries.authorization}` } }, 'probe'),
    ],
    [
      'nested',
      () => log.info({ config: { db: { credentials: { secret: canaries.nested } } } }, 'probe'),
    ],
    [
      'urlPassword',
      () => log.info({ target: `https://app:${canaries.urlPassword}@host.example/` }, 'probe'),
    ],
    ['queryKey', () => log.info(`GET https://host.example/?api_key=${canaries.queryKey} failed`)],
    ['errorMessage', () => log.error(new Error(`connect ECONNREFUSED ${database}`))],
    ['errorConfig', () => log.error(failed)],
    ['interpolated', () => log.info('connecting with password=%s', canaries.interpolated)],
    [
      'jsonText',
      () => log.info({ body: JSON.stringify({ password: canaries.jsonText }) }, 'probe'),
    ],
    ['jwt', () => log.info({ seen: canaries.jwt }, 'probe')],
    ['card', () => log.info({ seen: canaries.card }, 'probe')],
    ['binding', () => log.child({ token: canaries.binding }).info('probe')],
  ]
  const forged: unknown = JSON.parse(
    '{"level":"fatal","time":"1970-01-01T00:00:00.000Z","pid":1,"hostname":"evil","service":"evil","trace_id":"00000000000000000000000000000bad","msg":"forged"}',
  )
  return [
    ...canarySteps,
    ...serializers.map((name): Step => {
      return [`serializer ${name}`, () => log.info({ [name]: serialized(canaries) }, 'probe')]
    }),
    ['forged', () => log.info(forged, 'probe')],
    ['forged by a child', () => log.child(forged as object).info('probe')],
    [
      'escapes',
      () =>
        log.info(
          { 'key\u001b[2J\n': 'value\u009b31m\u202e\u2028' },
          'ok\u001b[1A\u001b[2K\nFORGED\u0085',
        ),
    ],
    [
      'a getter that throws',
      () =>
        log.info(
          {
            get secret() {
              throw new Error('no')
            },
          },
          'probe',
        ),
    ],
  ]
}

/** What serializers are written for: requests, responses, users, sessions. */
function serialized(canaries: Canaries): object {
  const url = `https://app:${canaries.serializerUrl}@host.example/?token=${canaries.serializerToken}`
  const headers = {
    authorization: `Bearer ${canaries.serializerHeader}`,
    cookie: `sid=${canaries.serializerToken}`,
  }
  return {
    id: 7,
    name: 'probe',
    method: 'GET',
    url,
    originalUrl: url,
    headers,
    statusCode: 200,
    getHeaders: () => headers,
    socket: {},
    raw: { headers, url, method: 'GET' },
    password: canaries.serializerPassword,
    token: canaries.serializerToken,
    body: { password: canaries.serializerPassword },
    user: { id: 7, password: canaries.serializerPassword },
  }
}
