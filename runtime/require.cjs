// The CommonJS twin of require.mjs.
const { createRequire } = require('node:module')
const { join } = require('node:path')

exports.requireOptional = (id) => {
  try {
    return createRequire(join(process.cwd(), 'package.json'))(id)
  } catch {
    return require(id)
  }
}
