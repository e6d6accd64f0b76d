import { readFileSync } from 'node:fs'
import * as http from 'node:http'
import * as https from 'node:https'
import { readVariable } from '../config/environment.js'
import { isLoopbackHost } from '../config/loopback.js'
import type { AskServer } from '../elk/install.js'
import { CliError } from './cli-error.js'
import { elasticsearchAuthorization } from './elasticsearch-authorization.js'

const patience = 30_000

export interface ElkServer {
  readonly url: string | undefined
  readonly ca: string | undefined
  readonly allowHttp: boolean
}

/**
 * Asks Elasticsearch, with the credentials of the environment: what stands in arguments, others on the machine can read.
 *
 * @throws CliError
 */
export function elkClient({ url: given, ca, allowHttp }: ElkServer): { ask: AskServer; url: URL } {
  const text = given ?? readVariable('ELASTICSEARCH_URL')
  if (text === undefined || !URL.canParse(text) || !/^https?:/.test(text)) {
    throw new CliError(
      'Say with --url, or ELASTICSEARCH_URL, where Elasticsearch is, such as https://elastic.example:9200.',
    )
  }
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') {
    throw new CliError(
      'Credentials do not belong into the URL: set ELASTICSEARCH_API_KEY, or ELASTICSEARCH_USERNAME and ELASTICSEARCH_PASSWORD.',
    )
  }
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname) && !allowHttp) {
    throw new CliError(
      'Plain http to another machine sends credentials for all to read: use https, or say --allow-http.',
    )
  }
  const headers = { ...elasticsearchAuthorization(), accept: 'application/json' }
  const certificates = ca === undefined ? {} : { ca: readFile(ca) }
  const base = url.href.replace(/\/+$/, '')
  const ask: AskServer = (method, path, body) =>
    new Promise((resolve, reject) => {
      const { request } = url.protocol === 'https:' ? https : http
      const sent = request(`${base}${path}`, {
        method,
        ...certificates,
        signal: AbortSignal.timeout(patience),
        headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      })
      sent.on('error', reject)
      sent.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            body: parsed(Buffer.concat(chunks).toString()),
          })
        })
      })
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
  return { ask, url }
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new CliError(`--ca cannot be read: ${(error as Error).message}.`)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
