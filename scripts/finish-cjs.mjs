// Marks dist/cjs as CommonJS, so that Node and TypeScript read its .js files as such. It is a package scope of its own then,
// where the package's `#require` is not known, so that its CommonJS file stands there and is named by its path.
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../dist/cjs', import.meta.url))
const loader = join(root, 'require.cjs')

copyFileSync(new URL('../runtime/require.cjs', import.meta.url), loader)
writeFileSync(join(root, 'package.json'), '{"type":"commonjs"}\n')

for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.js')) continue
  const file = join(root, name)
  const code = readFileSync(file, 'utf8')
  const path = relative(dirname(file), loader).split(sep).join('/')
  const own = path.startsWith('.') ? path : `./${path}`
  const finished = code.replaceAll('require("#require")', `require("${own}")`)
  if (finished.includes('"#require"')) throw new Error(`${file} imports #require in another way`)
  if (finished !== code) writeFileSync(file, finished)
}
