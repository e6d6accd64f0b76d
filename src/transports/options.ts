import { isAbsolute, resolve } from 'node:path'
import { isLoopbackHost } from '../config/loopback.js'
import { SeclogError } from '../errors.js'
import { dataStreamName } from '../formats/data-stream.js'
import type { ElasticsearchOptions } from './types.js'

/** {@link ElasticsearchOptions} with every default filled in; plain data, so that it can be handed to a thread. */
export interface DeliverySettings {
  readonly endpoint: string
  readonly dataStream: string
  readonly spool: string
  readonly authorization: string | undefined
  readonly ca: string | undefined
  readonly fingerprint: string | undefined
  readonly gzip: boolean
  readonly requestTimeout: number
  readonly minDelay: number
  readonly maxDelay: number
  readonly flushInterval: number
  readonly batchLines: number
  readonly batchBytes: number
  readonly fsync: 'interval' | 'always' | 'none'
  readonly maxBytes: number
  readonly segmentBytes: number
  readonly whenFull: 'drop-oldest' | 'drop-new'
  readonly maxDeadLetterBytes: number
}

const mebibyte = 1024 * 1024

/** @throws SeclogError `SECLOG_OPTION_INVALID`; a message never holds a credential. */
export function resolveDelivery(options: ElasticsearchOptions): DeliverySettings {
  if (typeof options !== 'object' || options === null)
    throw invalid('The options must be an object.')
  const { dataset = 'generic', namespace = 'default', retryDelay = {}, batch = {} } = options
  const url = resolveUrl(options)
  const dataStream = dataStreamName(dataset, namespace)
  const minDelay = count('retryDelay.min', retryDelay.min, 100, 1, 60_000)
  const segmentBytes = count(
    'segmentBytes',
    options.segmentBytes,
    8 * mebibyte,
    4096,
    1024 * mebibyte,
  )
  return Object.freeze({
    endpoint: `${url.href.replace(/\/+$/, '')}/${dataStream}/_bulk`,
    dataStream,
    spool: resolveSpool(options.spool),
    authorization: authorizationOf(options),
    ca: optionalText('tls.ca', options.tls?.ca),
    fingerprint: fingerprintOf(options),
    gzip: oneOf('compression', options.compression, ['gzip', 'none']) === 'gzip',
    requestTimeout: count('requestTimeout', options.requestTimeout, 10_000, 1, 600_000),
    minDelay,
    maxDelay: count(
      'retryDelay.max',
      retryDelay.max,
      Math.max(30_000, minDelay),
      minDelay,
      600_000,
    ),
    flushInterval: count('flushInterval', options.flushInterval, 500, 0, 60_000),
    batchLines: count('batch.lines', batch.lines, 1_000, 1, 100_000),
    batchBytes: count('batch.bytes', batch.bytes, 5 * mebibyte, 1, 90 * mebibyte),
    fsync: oneOf('fsync', options.fsync, ['interval', 'always', 'none']),
    maxBytes: count(
      'maxBytes',
      options.maxBytes,
      Math.max(256 * mebibyte, segmentBytes),
      segmentBytes,
      2 ** 45,
    ),
    segmentBytes,
    whenFull: oneOf('whenFull', options.whenFull, ['drop-oldest', 'drop-new']),
    maxDeadLetterBytes: count(
      'maxDeadLetterBytes',
      options.maxDeadLetterBytes,
      64 * mebibyte,
      0,
      2 ** 45,
    ),
  })
}

function resolveUrl({ url, allowHttp = false }: ElasticsearchOptions): URL {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw invalid(
      'The option url must be an http or https URL, such as https://elastic.example:9200.',
    )
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw invalid('The option url holds credentials; they belong into the option auth.')
  }
  if (parsed.search !== '' || parsed.hash !== '') {
    throw invalid(
      'The option url must end with its path: a query or a fragment has no meaning here.',
    )
  }
  if (parsed.protocol === 'http:' && !isLoopbackHost(parsed.hostname) && allowHttp !== true) {
    throw invalid(
      `The option url is plain http to ${parsed.hostname}: lines and credentials could be read on the way. Use https, or set allowHttp.`,
    )
  }
  return parsed
}

function resolveSpool(spool: unknown): string {
  if (typeof spool !== 'string' || spool === '' || spool.includes('\0')) {
    throw invalid('The option spool must be the path of a folder.')
  }
  return isAbsolute(spool) ? spool : resolve(spool)
}

function authorizationOf({ auth }: ElasticsearchOptions): string | undefined {
  if (auth === undefined) return undefined
  const { apiKey, bearer, username, password } = auth as Readonly<Record<string, unknown>>
  const given = [apiKey, bearer, username ?? password].filter((value) => value !== undefined)
  if (given.length === 1) {
    // What may stand in a header: https://www.rfc-editor.org/rfc/rfc9110#section-5.5
    if (isHeaderText(apiKey)) return `ApiKey ${apiKey}`
    if (isHeaderText(bearer)) return `Bearer ${bearer}`
    if (typeof username === 'string' && typeof password === 'string' && !username.includes(':')) {
      return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    }
  }
  throw invalid('The option auth must be one of { apiKey }, { bearer }, { username, password }.')
}

function isHeaderText(value: unknown): boolean {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)
}

function fingerprintOf({ tls }: ElasticsearchOptions): string | undefined {
  const given = optionalText('tls.fingerprint', tls?.fingerprint)
  if (given === undefined) return undefined
  const digits = given.replaceAll(':', '').toUpperCase()
  if (/^[0-9A-F]{64}$/.test(digits)) return digits
  throw invalid('The option tls.fingerprint must be a SHA-256: 64 hexadecimal digits.')
}

function optionalText(name: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && value !== '')) return value
  throw invalid(`The option ${name} must be a text.`)
}

function oneOf<T extends string>(
  name: string,
  value: T | undefined,
  values: readonly [T, ...T[]],
): T {
  if (value === undefined) return values[0]
  if (values.includes(value)) return value
  throw invalid(`The option ${name} must be one of ${values.join(', ')}.`)
}

function count(
  name: string,
  value: unknown,
  fallback: number,
  least: number,
  most: number,
): number {
  if (value === undefined) return fallback
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) {
    return value as number
  }
  throw invalid(`The option ${name} must be a whole number from ${least} to ${most}.`)
}

function invalid(message: string): SeclogError {
  return new SeclogError('SECLOG_OPTION_INVALID', message)
}
