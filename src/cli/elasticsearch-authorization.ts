import { readVariable } from '../config/environment.js'

/**
 * What Elasticsearch is to be shown: the key of `ELASTICSEARCH_API_KEY`, else `ELASTICSEARCH_USERNAME` and `ELASTICSEARCH_PASSWORD`, else
 * the credentials of the URL, if it has any.
 */
export function elasticsearchAuthorization(url?: URL): Readonly<Record<string, string>> {
  const key = readVariable('ELASTICSEARCH_API_KEY')
  if (key !== undefined) return { authorization: `ApiKey ${key}` }
  const name = readVariable('ELASTICSEARCH_USERNAME')
  const password = readVariable('ELASTICSEARCH_PASSWORD')
  if (name !== undefined && password !== undefined) return basic(name, password)
  if (url === undefined || url.username === '') return {}
  return basic(decodeURIComponent(url.username), decodeURIComponent(url.password))
}

function basic(name: string, password: string): Readonly<Record<string, string>> {
  return { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` }
}
