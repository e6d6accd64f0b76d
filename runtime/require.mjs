// The one place that makes a `require`: `import.meta` may stand in no file that is compiled to CommonJS too.
// Under a name of its own: a bundle's customary banner declares `createRequire`, and a bundler does not see that.
import { existsSync } from 'node:fs'
import { createRequire as createRequireFor } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const ownRequire = import.meta.url ? createRequireFor(import.meta.url) : undefined

/** Loads an optional package synchronously: the application's copy first, then the one beside this library. */
export const requireOptional = (id) => {
  try {
    return createRequireFor(join(process.cwd(), 'package.json'))(id)
  } catch (error) {
    if (ownRequire === undefined) throw error
    return ownRequire(id)
  }
}

/** The path of a file of this library's output: beside this one, or, in a bundle, in the library that is installed. */
export const findOwnFile = (name) => {
  const own = import.meta.url
    ? fileURLToPath(new URL(`../dist/${name}`, import.meta.url))
    : undefined
  if (own !== undefined && existsSync(own)) return own
  try {
    const require = createRequireFor(join(process.cwd(), 'package.json'))
    return join(dirname(require.resolve('seclog/package.json')), 'dist', name)
  } catch {
    return undefined
  }
}
