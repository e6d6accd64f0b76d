import { readVariable } from '../config/environment.js'
import { maskUrl } from '../config/otlp.js'
import { isRecord } from '../testing/log-lines.js'
import { errorText } from '../tracing/sender.js'
import { elasticsearchAuthorization } from './elasticsearch-authorization.js'
import { type Finding, findingsOf } from './finding.js'

const { error, note, ok } = findingsOf('Elasticsearch')

const patience = 3_000

/** Asks the Elasticsearch of `ELASTICSEARCH_URL` what it is. */
export async function checkElasticsearch(): Promise<readonly Finding[]> {
  const url = readVariable('ELASTICSEARCH_URL')
  if (url === undefined)
    return [
      note('elasticsearch-unset', 'ELASTICSEARCH_URL is not set: no Elasticsearch was asked.'),
    ]
  const where = `Elasticsearch at ${maskUrl(url)}`
  try {
    const target = new URL(url)
    const headers = elasticsearchAuthorization(target)
    target.username = ''
    target.password = ''
    const response = await fetch(target, {
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(patience),
    })
    if (response.status === 401 || response.status === 403)
      return [
        error(
          'elasticsearch-unauthorized',
          `${where} answers with ${response.status}.`,
          'Check ELASTICSEARCH_API_KEY.',
        ),
      ]
    if (!response.ok)
      return [error('elasticsearch-fails', `${where} answers with ${response.status}.`)]
    const answer: unknown = await response.json()
    const version = isRecord(answer) && isRecord(answer['version']) ? answer['version'] : {}
    if (typeof version['number'] !== 'string')
      return [
        error(
          'elasticsearch-other',
          `${where} answers, but is no Elasticsearch.`,
          'Check the address.',
        ),
      ]
    const kind = version['distribution'] === 'opensearch' ? 'OpenSearch' : 'version'
    return [ok('elasticsearch', `${where} answers: ${kind} ${version['number']}.`)]
  } catch (failed) {
    const cause = failed instanceof Error && failed.cause !== undefined ? failed.cause : failed
    return [
      error(
        'elasticsearch-unreachable',
        `${where} cannot be reached: ${errorText(cause)}.`,
        'Check that it runs, and the address.',
      ),
    ]
  }
}
