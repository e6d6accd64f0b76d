import { readdirSync, realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import { versionIn } from './doctor-project.js'

/** An installed copy of a package. */
export interface PackageCopy {
  readonly folder: string
  readonly version: string
}

/** Folders that are looked into; a larger tree is looked at in part. */
const mostFolders = 20_000

/** All copies of a package below a project's `node_modules`, whoever brought them, links counted once. */
export function findCopies(folder: string, name: string): readonly PackageCopy[] {
  const found = new Map<string, PackageCopy>()
  const open = [join(folder, 'node_modules')]
  for (let looked = 0; looked < mostFolders; looked += 1) {
    const modules = open.pop()
    if (modules === undefined) break
    for (const entry of entriesOf(modules)) {
      const path = join(modules, entry)
      if (entry.startsWith('@')) {
        for (const inner of entriesOf(path)) visit(join(path, inner), `${entry}/${inner}`)
      } else if (entry === '.pnpm') {
        for (const inner of entriesOf(path)) open.push(join(path, inner, 'node_modules'))
      } else if (!entry.startsWith('.')) visit(path, entry)
    }
  }
  return [...found.values()].sort((a, b) => a.folder.length - b.folder.length)

  function visit(path: string, packageName: string): void {
    if (packageName === name) {
      const real = realPath(path)
      if (real !== undefined) found.set(real, { folder: real, version: versionIn(real) })
    }
    // What a link leads to is found where it is.
    if (!path.includes(`${sep}.pnpm${sep}`)) open.push(join(path, 'node_modules'))
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}
