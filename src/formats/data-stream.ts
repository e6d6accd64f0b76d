import { SeclogError } from '../errors.js'

/** @see https://www.elastic.co/guide/en/ecs/current/ecs-data_stream.html */
const forbidden = /[\p{Lu}\\/*?"<>|\s,#:-]/u
const longest = 100

/**
 * The name of a data stream for logs: `logs-<dataset>-<namespace>`.
 *
 * @param dataset - What the lines are of, such as `scan_api` or `scan_api.audit`.
 * @param namespace - What tells one environment from another, such as `production`.
 * @throws SeclogError `SECLOG_OPTION_INVALID` for a part that is empty, longer than 100 characters, or has a character that a data
 *   stream may not have: upper case, white space, `-`, `\`, `/`, `*`, `?`, `"`, `<`, `>`, `|`, `,`, `#`, `:`.
 * @see https://www.elastic.co/guide/en/ecs/current/ecs-data_stream.html
 */
export function dataStreamName(dataset: string, namespace: string): string {
  return `${dataStreamPrefix(dataset)}-${checkPart('namespace', namespace)}`
}

/** What the names of the data streams of one dataset begin with: `logs-<dataset>`. @throws SeclogError As {@link dataStreamName}. */
export function dataStreamPrefix(dataset: string): string {
  return `logs-${checkPart('dataset', dataset)}`
}

function checkPart(name: string, value: unknown): string {
  if (
    typeof value === 'string' &&
    value !== '' &&
    value.length <= longest &&
    !forbidden.test(value)
  ) {
    return value
  }
  throw new SeclogError(
    'SECLOG_OPTION_INVALID',
    `The option ${name} is ${JSON.stringify(String(value).slice(0, 120))}; it must have 1 to ${longest} characters, none of them upper case, white space or one of - \\ / * ? " < > | , # :`,
  )
}
