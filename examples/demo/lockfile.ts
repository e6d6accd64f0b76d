/** One package of a lock file, as npm (versions 2 and 3 of the format) writes it. */
export interface LockedPackage {
  /** Where it is installed, as `node_modules/a/node_modules/b`. */
  readonly path: string
  readonly name: string
  readonly version: string
  readonly resolved?: string
  readonly integrity?: string
  readonly deprecated?: string
  readonly hasInstallScript: boolean
  /** It came inside its parent's archive, so it has neither an address nor a hash of its own. */
  readonly bundled: boolean
}

/** The text is no lock file that can be read; the message is a sentence for its owner. */
export class LockfileError extends Error {
  override readonly name: string = 'LockfileError'
}

/** The installed packages of a lock file: not the project itself, its workspaces, or links to them. */
export function parseLockfile(text: string): LockedPackage[] {
  const lockfile = parseJson(text)
  const packages = isObject(lockfile) ? lockfile['packages'] : undefined
  if (!isObject(packages)) {
    throw new LockfileError(
      'The lock file has no "packages": versions 2 and 3 of npm\'s package-lock.json are read' +
        ' ("npm install --package-lock-only" rewrites an older one).',
    )
  }
  return Object.entries(packages)
    .filter(([path]) => path.includes('node_modules/'))
    .flatMap(([path, entry]) => parsePackage(path, entry))
}

function parsePackage(path: string, entry: unknown): LockedPackage[] {
  if (!isObject(entry)) throw new LockfileError(`The entry ${quote(path)} is not an object.`)
  if (entry['link'] === true) return []
  const { resolved, integrity, deprecated } = entry
  const folder = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  return [
    {
      path,
      // An alias ("npm:other@1") is installed under one name and says its real one.
      name: typeof entry['name'] === 'string' ? entry['name'] : folder,
      version: typeof entry['version'] === 'string' ? entry['version'] : '',
      ...(typeof resolved === 'string' && { resolved }),
      ...(typeof integrity === 'string' && { integrity }),
      ...(typeof deprecated === 'string' && { deprecated }),
      hasInstallScript: entry['hasInstallScript'] === true,
      bundled: entry['inBundle'] === true,
    },
  ]
}

/** The parser's own message quotes the text, and a file given by mistake may hold anything: it is not passed on. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new LockfileError('The lock file is not JSON.')
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}
