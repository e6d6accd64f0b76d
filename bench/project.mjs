/** The project under measurement, and its dependencies: the very copies that it uses itself. */
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** `require` as the project's own files have it; it knows the project by its own name. */
export const requireOfProject = createRequire(new URL('../package.json', import.meta.url))

/** Imports a module of the project, of one of its dependencies, or the project itself. */
export const load = (id) => import(pathToFileURL(requireOfProject.resolve(id)).href)

/** Imports a built file of the project that is no public subpath. */
export const loadBuilt = (path) => import(new URL(`../dist/${path}`, import.meta.url).href)

/** The installed version of a package of the project or of the bench. */
export function versionOf(name) {
  for (const from of [requireOfProject, createRequire(import.meta.url)]) {
    const folder = from.resolve
      .paths(name)
      .map((path) => `${path}/${name}/package.json`)
      .find((path) => {
        try {
          return from.resolve(path)
        } catch {
          return undefined
        }
      })
    if (folder !== undefined) return from(folder).version
  }
  return undefined
}
