// The one place that makes a `require`: `import.meta` may stand in no file that is compiled to CommonJS too.
// Under a name of its own: a bundle's customary banner declares `createRequire`, and a bundler does not see that.
import { createRequire as createRequireFor } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'

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
