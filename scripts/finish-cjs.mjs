// Marks dist/cjs as CommonJS, so that Node and TypeScript read its .js files as such. It is a package scope of its own then, so
// the file behind #require stands there too.
import { copyFileSync, writeFileSync } from 'node:fs'

const cjs = new URL('../dist/cjs/', import.meta.url)
const scope = { type: 'commonjs', imports: { '#require': './require.cjs' } }

copyFileSync(new URL('../runtime/require.cjs', import.meta.url), new URL('require.cjs', cjs))
writeFileSync(new URL('package.json', cjs), `${JSON.stringify(scope)}\n`)
