// The CommonJS twin of require.mjs.
const { existsSync } = require('node:fs')
const { createRequire } = require('node:module')
const { dirname, join } = require('node:path')

exports.requireOptional = (id) => {
  try {
    return createRequire(join(process.cwd(), 'package.json'))(id)
  } catch {
    return require(id)
  }
}

exports.findOwnFile = (name) => {
  for (const folder of [__dirname, join(__dirname, '..', 'dist')]) {
    if (existsSync(join(folder, name))) return join(folder, name)
  }
  try {
    const resolver = createRequire(join(process.cwd(), 'package.json'))
    return join(dirname(resolver.resolve('seclog/package.json')), 'dist', name)
  } catch {
    return undefined
  }
}
