import { readFileSync } from 'node:fs'
import { maskUrl } from '../config/otlp.js'
import { environmentAsksForExporter, type TracingConfig } from '../config/tracing.js'
import { type HttpAnswer, HttpPoster } from '../tracing/http.js'
import { errorText } from '../tracing/sender.js'
import { type Finding, findingsOf } from './finding.js'

const { error, warning, note, ok } = findingsOf('Export')

/** How long an endpoint may take, in milliseconds. */
const patience = 3_000

/** Asks the endpoint of the exporter, with an export of nothing. */
export async function checkExport(config: TracingConfig): Promise<readonly Finding[]> {
  if (config.disabled)
    return [note('export-disabled', 'OTEL_SDK_DISABLED is true: no span is exported.')]
  if (!config.exporters.includes('otlp'))
    return [note('export-none', 'OTEL_TRACES_EXPORTER asks for no OTLP export.')]
  const { url } = config.otlp
  const began = performance.now()
  const answer = await ask(config, url)
  const took = `${Math.round(performance.now() - began)} ms`
  if (typeof answer === 'string') return [sayUnreachable(url, answer)]
  return [await sayAnswer(config, answer, took)]
}

/** Nobody has said that there should be a collector: that none is there is nothing wrong. */
function sayUnreachable(url: string, why: string): Finding {
  const message = `The exporter's endpoint ${maskUrl(url)} cannot be reached: ${why}. Spans are dropped and counted; lines are not touched.`
  const fix =
    'Start the collector, set OTEL_EXPORTER_OTLP_ENDPOINT to where it is, or look at traces with seclog view.'
  return environmentAsksForExporter()
    ? error('exporter-unreachable', message, fix)
    : note('exporter-unreachable', message, fix)
}

async function sayAnswer(
  config: TracingConfig,
  answer: HttpAnswer,
  took: string,
): Promise<Finding> {
  const { url } = config.otlp
  const where = `The exporter's endpoint ${maskUrl(url)}`
  const said = `answers with ${answer.status} ${answer.statusText}`.trim()
  if (isGood(answer)) return ok('exporter-answers', `${where} ${said} in ${took}.`)
  if (answer.status === 401 || answer.status === 403)
    return error('exporter-unauthorized', `${where} ${said}.`, 'Check OTEL_EXPORTER_OTLP_HEADERS.')
  if (answer.status === 415)
    return error(
      'exporter-protocol',
      `${where} ${said}: it does not speak ${config.otlp.protocol}.`,
      'Set OTEL_EXPORTER_OTLP_PROTOCOL to http/json or http/protobuf.',
    )
  const right = await rightUrl(config)
  if (right !== undefined)
    return error(
      'exporter-wrong-path',
      `${where} ${said}, and ${maskUrl(right)} is the right one: it takes spans.`,
      `Set OTEL_EXPORTER_OTLP_ENDPOINT to ${new URL(right).origin} (the path is added), or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT to the whole URL.`,
    )
  if ([404, 405, 400].includes(answer.status) || answer.status < 300)
    return error(
      'exporter-wrong-path',
      `${where} ${said}${answer.status < 300 ? `, with ${answer.contentType ?? 'no type'}` : ''}: nothing takes spans there.`,
      'Check host and path; OTLP over HTTP is at /v1/traces as a rule, on port 4318.',
    )
  if (answer.status < 400)
    return error(
      'exporter-redirects',
      `${where} ${said}: a redirection is not followed.`,
      'Set the address that it leads to.',
    )
  return warning('exporter-fails', `${where} ${said}.`, 'See what the collector itself says.')
}

function isGood({ status, contentType }: HttpAnswer): boolean {
  return status >= 200 && status < 300 && contentType !== 'text/html'
}

/** Where spans are taken, of the places where they should be. */
async function rightUrl(config: TracingConfig): Promise<string | undefined> {
  const url = new URL(config.otlp.url)
  const base = url.pathname.replace(/\/+$/, '')
  const paths = [
    `${base}/v1/traces`,
    '/v1/traces',
    base.replace(/(?:\/v1\/traces)+$/, '/v1/traces'),
  ]
  for (const path of new Set(paths)) {
    if (path === url.pathname) continue
    const candidate = new URL(url)
    candidate.pathname = path
    const answer = await ask(config, candidate.href)
    if (typeof answer !== 'string' && isGood(answer)) return candidate.href
  }
  return undefined
}

/** The answer, or why there is none. */
async function ask({ otlp }: TracingConfig, url: string): Promise<HttpAnswer | string> {
  const isJson = otlp.protocol === 'http/json'
  const type = isJson ? 'application/json' : 'application/x-protobuf'
  // No bytes are the protobuf of a request without spans.
  const body = Buffer.from(isJson ? '{"resourceSpans":[]}' : '')
  let poster: HttpPoster | undefined
  try {
    const tls = Object.fromEntries(
      Object.entries(otlp.tls).map(([name, path]) => [name, readFileSync(path)]),
    )
    poster = new HttpPoster(url, tls)
    const waiting = AbortSignal.timeout(patience + 500)
    // The poster's own sockets and timers do not keep the process alive.
    const alive = setTimeout(() => {}, patience + 500)
    try {
      return await poster.post({ ...otlp.headers, 'content-type': type }, body, patience, waiting)
    } finally {
      clearTimeout(alive)
    }
  } catch (failed) {
    const code = failed instanceof Error && 'code' in failed ? `${failed.code}: ` : ''
    const text = errorText(failed)
    return text.includes(code.slice(0, -2)) ? text : code + text
  } finally {
    poster?.close()
  }
}
