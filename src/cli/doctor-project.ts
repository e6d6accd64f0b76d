import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { readVariable } from '../config/environment.js'
import { isRecord } from '../testing/log-lines.js'
import { CliError } from './cli-error.js'

/** The project that the doctor looks at. */
export interface Project {
  readonly folder: string
  readonly name: string
  readonly version: string | undefined
  /** Whether its `.js` files are ES modules. */
  readonly isEsm: boolean
  /** Packages that it names itself. */
  readonly dependencies: ReadonlySet<string>
  /** Flags that Node is started with: of the script `start`, without those of `NODE_OPTIONS`. */
  readonly startFlags: readonly string[]
  /** The file that Node is started with. */
  readonly entry: string | undefined
  /** Flags of both. */
  readonly preloads: readonly string[]
  /** What the project tells the doctor: the member `seclog` of its package.json. */
  readonly settings: Readonly<Record<string, unknown>>
}

/** @throws CliError where there is no package.json. */
export function readProject(folder: string): Project {
  const manifest = readManifest(join(folder, 'package.json'))
  if (manifest === undefined)
    throw new CliError(
      `There is no package.json in ${folder}; run seclog doctor in the folder of a project, or name that folder.`,
    )
  const scripts = isRecord(manifest['scripts']) ? manifest['scripts'] : {}
  const start = readStart(String(scripts['start'] ?? ''))
  const settings = manifest['seclog']
  const main = manifest['main']
  const entry = start.entry ?? (typeof main === 'string' ? main : undefined)
  return {
    folder,
    name: String(manifest['name'] ?? 'a project without a name'),
    version: typeof manifest['version'] === 'string' ? manifest['version'] : undefined,
    isEsm:
      entry?.endsWith('.mjs') === true ||
      (manifest['type'] === 'module' && entry?.endsWith('.cjs') !== true),
    dependencies: new Set(
      ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'].flatMap(
        (kind) => (isRecord(manifest[kind]) ? Object.keys(manifest[kind]) : []),
      ),
    ),
    startFlags: start.flags,
    entry,
    preloads: [...start.flags, ...preloadFlags((readVariable('NODE_OPTIONS') ?? '').split(/\s+/))],
    settings: isRecord(settings) ? settings : {},
  }
}

/** A manifest, or any other file of one JSON object. */
export function readManifest(path: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isRecord(manifest) ? manifest : undefined
  } catch {
    return undefined
  }
}

/** What `node` gets in a script: the flags that load something first, and the file. */
function readStart(script: string): { flags: string[]; entry: string | undefined } {
  const words = script
    .match(/"[^"]*"|'[^']*'|\S+/g)
    ?.map((word) => word.replace(/^["']|["']$/g, ''))
  const from = words?.findIndex((word) => /(?:^|[\\/])node$/.test(word)) ?? -1
  if (words === undefined || from === -1) return { flags: [], entry: undefined }
  const rest = words.slice(from + 1)
  const flags = preloadFlags(rest)
  const entry = rest.find(
    (word, at) =>
      !word.startsWith('-') && !takesValue.test(rest[at - 1] ?? '') && /\.[cm]?[jt]s$/.test(word),
  )
  return { flags, entry }
}

const takesValue = /^(?:--import|--require|-r|--loader|--experimental-loader)$/

function preloadFlags(words: readonly string[]): string[] {
  const flags: string[] = []
  for (const [at, word] of words.entries()) {
    const next = words[at + 1]
    if (takesValue.test(word) && next !== undefined) flags.push(word, next)
    else if (/^(?:--import|--require|--loader|--experimental-loader)=/.test(word)) flags.push(word)
  }
  return flags
}

/** Whether something that is loaded first registers OpenTelemetry's loader hook, without which no ESM is patched. */
export function hasLoaderHook({ folder, preloads }: Project): boolean {
  return preloads.some((flag) => {
    const target = flag.replace(/^--[\w-]+=/, '')
    if (knownHooks.test(target)) return true
    if (!/^[./]|^file:/.test(target)) return false
    const path = target.replace(/^file:\/\//, '')
    try {
      return knownHooks.test(readFileSync(isAbsolute(path) ? path : join(folder, path), 'utf8'))
    } catch {
      return false
    }
  })
}

const knownHooks =
  /instrumentation\/hook\.mjs|seclog\/register|auto-instrumentations-node\/register|import-in-the-middle\/hook\.mjs/

/** The folder of an installed package as the project sees it, without loading anything. */
export function findPackage(folder: string, name: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const found = join(at, 'node_modules', name)
    if (readManifest(join(found, 'package.json')) !== undefined) return found
    if (dirname(at) === at) return undefined
  }
}

/** The version that stands in a package's folder. */
export function versionIn(folder: string): string {
  return String(readManifest(join(folder, 'package.json'))?.['version'] ?? 'unknown')
}
