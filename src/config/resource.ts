import { readVariable, reportBadVariable } from './environment.js'
import { firstVariable } from './variables.js'

/** A value that an attribute of a resource may have. */
export type ResourceValue = string | number | boolean

export interface ServiceOption {
  readonly name: string
  readonly version?: string
  /** `production`, `staging`, …: `deployment.environment.name`. */
  readonly environment?: string
}

const longestValue = 255

/**
 * `OTEL_RESOURCE_ATTRIBUTES`: comma-separated `key=value`, percent-encoded. One bad pair discards all of it, and is said once.
 *
 * @see https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable
 */
export function readResourceAttributes(): Record<string, string> {
  const text = readVariable('OTEL_RESOURCE_ATTRIBUTES')
  if (text === undefined) return {}
  const attributes = parseResourceAttributes(text)
  if (typeof attributes !== 'string') return attributes
  const keys = text.replaceAll(/=[^,]*/g, '=***')
  reportBadVariable('OTEL_RESOURCE_ATTRIBUTES', keys, attributes, 'no attribute')
  return {}
}

/** The attributes, or what is wrong with the text. */
export function parseResourceAttributes(text: string): Record<string, string> | string {
  const entries: [string, string][] = []
  for (const pair of text.split(',')) {
    if (pair.trim() === '') continue
    const at = pair.indexOf('=')
    if (at < 1) return 'holds something that is no key=value pair'
    const key = decode(pair.slice(0, at).trim())
    const value = decode(unquote(pair.slice(at + 1).trim()))
    if (key === undefined || key === '' || value === undefined) {
      return 'holds a pair that cannot be percent-decoded'
    }
    if (key.length > longestValue || value.length > longestValue) {
      return `holds a pair of more than ${longestValue} characters`
    }
    entries.push([key, value])
  }
  return Object.fromEntries(entries)
}

/**
 * The attributes of the service and its surroundings: options win over the environment, and within each the specific over the general.
 */
export function resolveResource(
  service: string | ServiceOption | undefined,
  attributes: Readonly<Record<string, ResourceValue>> | undefined,
): Record<string, ResourceValue> {
  const given: Partial<ServiceOption> =
    typeof service === 'string' ? { name: service } : (service ?? {})
  const environment = readVariable('OTEL_DEPLOYMENT_ENVIRONMENT')
  const name = firstVariable('OTEL_SERVICE_NAME')?.value
  const fromEnvironment = readResourceAttributes()
  return {
    ...(environment === undefined ? {} : { 'deployment.environment.name': environment }),
    ...fromEnvironment,
    ...(name === undefined ? {} : { 'service.name': name }),
    ...attributes,
    ...(given.name ? { 'service.name': given.name } : {}),
    ...(given.version ? { 'service.version': given.version } : {}),
    ...(given.environment ? { 'deployment.environment.name': given.environment } : {}),
  }
}

function unquote(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
