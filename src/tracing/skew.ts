import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative, sep } from 'node:path'
import process from 'node:process'
import { otelApi } from '../context/otel.js'

const name = '@opentelemetry/api'
const inside = `${sep}${join(name, sep)}`

/**
 * Names the copies of the API in this process that do not see what is registered: their spans would have all-zero ids,
 * and nobody would be told. A copy sees the global of its own major version with its own minor version or a later one.
 *
 * @param app - A file of the app, for what it would import.
 * @see https://github.com/open-telemetry/opentelemetry-js/blob/main/api/src/internal/semver.ts
 */
export function findSkew(app: string | undefined = process.argv[1]): string | undefined {
  const registered = otelApi()?.version
  if (registered === undefined) return undefined
  const blind = [...copiesOfApi(app)].flatMap((directory) => {
    const version = versionOf(directory)
    if (version === undefined || sees(version, registered)) return []
    return [`${version} (${relative(process.cwd(), directory) || '.'})`]
  })
  if (blind.length === 0) return undefined
  return (
    `Copies of ${name} differ: the tracer provider is registered with ${registered}, which ${blind.join(', ')} ` +
    'cannot see, so that spans made there have no ids and go nowhere. Make it one copy (npm ls @opentelemetry/api, npm dedupe).'
  )
}

/** Whether a copy of version `own` uses what a copy of version `registered` has put into the global. */
export function sees(own: string, registered: string): boolean {
  if (own === registered) return true
  const [mine, theirs] = [parse(own), parse(registered)]
  if (mine === undefined || theirs === undefined) return false
  return mine.major === theirs.major && mine.minor <= theirs.minor
}

/** A released version; `undefined` for others, which only see their very own. */
function parse(version: string): { major: number; minor: number } | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)\.\d+(?:\+.*)?$/.exec(version) ?? []
  return major === undefined ? undefined : { major: Number(major), minor: Number(minor) }
}

/** Whether a file is one of the API's. */
export function isInApi(file: string): boolean {
  return file.includes(inside)
}

/** The directories of the copies that are loaded, or that the app would load. */
function copiesOfApi(app: string | undefined): ReadonlySet<string> {
  const found = new Set<string>()
  const roots = [join(process.cwd(), 'package.json'), ...(app === undefined ? [] : [app])]
  for (const root of roots) {
    try {
      const require = createRequire(root)
      for (const file of Object.keys(require.cache)) add(found, file)
      add(found, require.resolve(name))
    } catch {
      // The app has none, or was started from a place that is no file.
    }
  }
  return found
}

function add(found: Set<string>, file: string): void {
  const end = file.lastIndexOf(inside)
  if (end !== -1) found.add(file.slice(0, end + inside.length - 1))
}

function versionOf(directory: string): string | undefined {
  try {
    const manifest: { version?: unknown } = JSON.parse(
      readFileSync(join(directory, 'package.json'), 'utf8'),
    )
    return typeof manifest.version === 'string' ? manifest.version : undefined
  } catch {
    return undefined
  }
}
