import { isIP } from 'node:net'
import { warnOnce } from '../diagnostics.js'
import { readVariable, reportBadVariable } from './environment.js'
import {
  firstVariable,
  longestTimeout,
  type Named,
  resolveName,
  resolveNumber,
} from './variables.js'

export type OtlpProtocol = 'http/protobuf' | 'http/json'
export type OtlpCompression = 'none' | 'gzip'

/** Where and how spans are sent. */
export interface OtlpConfig {
  /** Whole URL of the traces endpoint; may hold credentials. */
  readonly url: string
  readonly protocol: OtlpProtocol
  readonly compression: OtlpCompression
  readonly headers: Readonly<Record<string, string>>
  /** Of one export with all its retries, in milliseconds. */
  readonly timeoutMs: number
  /** Paths of PEM files: trusted certificates, and the client's own for mutual TLS. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string }
}

export interface OtlpOptions {
  readonly endpoint?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly protocol?: OtlpProtocol
  readonly compression?: OtlpCompression
  readonly timeoutMs?: number
}

const prefix = 'OTEL_EXPORTER_OTLP_'
const defaultUrl = 'http://localhost:4318/v1/traces'
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/**
 * The OTLP settings of traces.
 *
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export function resolveOtlp(options: OtlpOptions): OtlpConfig {
  return {
    url: resolveUrl(options.endpoint),
    protocol: resolveProtocol(options.protocol),
    compression: resolveName(
      optionOr('compression', options.compression, 'COMPRESSION'),
      ['none', 'gzip'],
      'none',
    ),
    headers: resolveHeaders(options.headers),
    timeoutMs: resolveNumber(
      { name: 'the option timeoutMs', value: options.timeoutMs },
      both('TIMEOUT'),
      { min: 1, max: longestTimeout, fallback: 10_000 },
    ),
    tls: {
      ...path('ca', 'CERTIFICATE'),
      ...path('cert', 'CLIENT_CERTIFICATE'),
      ...path('key', 'CLIENT_KEY'),
    },
  }
}

/** Whether the environment says where traces go. */
export function hasOtlpEndpoint(): boolean {
  return firstVariable(...both('ENDPOINT'), 'OTEL_EXPORTER_ENDPOINT') !== undefined
}

/** A URL as it may be shown: without user, password, query and fragment. */
export function maskUrl(text: string): string {
  const url = parseUrl(text)
  if (url !== undefined) return `${url.protocol}//${url.host}${url.pathname}`
  return text.replace(/^([a-z]+:\/\/)?[^/]*@/i, '$1').replace(/[?#].*$/s, '')
}

function both(name: string): readonly [string, string] {
  return [`${prefix}TRACES_${name}`, prefix + name]
}

function path<K extends string>(key: K, name: string): { [P in K]?: string } {
  const given = firstVariable(...both(name))
  return (given === undefined ? {} : { [key]: given.value }) as { [P in K]?: string }
}

function optionOr(name: string, option: string | undefined, variable: string): Named | undefined {
  if (option !== undefined) return { name: `the option ${name}`, value: option }
  return firstVariable(...both(variable))
}

function resolveProtocol(option: string | undefined): OtlpProtocol {
  const given = optionOr('protocol', option, 'PROTOCOL')
  if (given?.value.toLowerCase() === 'grpc') {
    reportBadVariable(given.name, given.value, 'is not spoken here', 'http/protobuf')
    return 'http/protobuf'
  }
  return resolveName(given, ['http/protobuf', 'http/json'], 'http/protobuf')
}

function resolveUrl(option: string | undefined): string {
  const exact = option === undefined ? firstVariable(both('ENDPOINT')[0]) : undefined
  const given =
    option === undefined
      ? (exact ?? firstVariable(both('ENDPOINT')[1], 'OTEL_EXPORTER_ENDPOINT'))
      : { name: 'the option endpoint', value: option }
  if (given === undefined) return defaultUrl
  const url = parseUrl(given.value)
  if (url === undefined) {
    const shown = maskUrl(given.value)
    reportBadVariable(given.name, shown, 'is no http or https URL', defaultUrl)
    return defaultUrl
  }
  const mapped = mapGrpcPort(given, url)
  if ((exact === undefined || mapped) && !/\/v1\/traces\/?$/.test(url.pathname)) {
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`
  }
  if (url.protocol === 'http:' && !isNearHost(url.hostname)) {
    warnOnce(
      'tracing:plain-http',
      `Spans go to ${url.host} over plain http, for everybody on the way to read; use https.`,
    )
  }
  return url.href
}

function parseUrl(text: string): URL | undefined {
  try {
    const url = new URL(text)
    const usable = url.protocol === 'http:' || url.protocol === 'https:'
    return usable && url.hostname !== '' ? url : undefined
  } catch {
    return undefined
  }
}

/** 4317 is the port of OTLP over gRPC, on which HTTP is never answered; a bare host with it means the collector there. */
function mapGrpcPort(given: Named, url: URL): boolean {
  if (url.port !== '4317') return false
  if (url.pathname !== '/') {
    const message = `Spans go to ${maskUrl(url.href)}, where 4317 is the port of gRPC, which is not spoken here.`
    warnOnce('tracing:grpc-port', message)
    return false
  }
  url.port = '4318'
  reportBadVariable(given.name, maskUrl(given.value), 'is the port of gRPC', 'port 4318')
  return true
}

/** Loopback, private and link-local addresses, and names that resolve in a private network only. */
function isNearHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (isIP(host) === 6) return host === '::1' || /^f[cd]|^fe[89ab]/.test(host)
  if (isIP(host) === 4) {
    return /^(?:127|10)\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\./.test(host)
  }
  return !host.includes('.') || /\.(?:localhost|local|internal|svc|cluster\.local)$/.test(host)
}

function resolveHeaders(
  option: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of [...both('HEADERS')].reverse()) {
    Object.assign(headers, parseHeaders(name, readVariable(name)))
  }
  for (const [key, value] of Object.entries(option ?? {})) {
    if (isHeader(key, value)) headers[key.toLowerCase()] = value
    else reportBadVariable('the option headers', key, 'holds a bad header', 'the rest of them')
  }
  return headers
}

/** Comma-separated `key=value`, values percent-encoded; a bad pair is left out and said once, without its value. */
function parseHeaders(name: string, text: string | undefined): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const pair of text?.split(',') ?? []) {
    if (pair.trim() === '') continue
    const at = pair.indexOf('=')
    const key = pair.slice(0, Math.max(at, 0)).trim()
    const value = decode(pair.slice(at + 1).trim())
    if (isHeader(key, value)) headers[key.toLowerCase()] = value
    else reportBadVariable(name, `${key}=***`, 'holds a bad header', 'the rest of it')
  }
  return headers
}

function isHeader(key: string, value: unknown): value is string {
  return token.test(key) && typeof value === 'string' && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
