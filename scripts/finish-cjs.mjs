// Marks dist/cjs as CommonJS, so that Node and TypeScript read its .js files as such.
import { writeFileSync } from 'node:fs'

writeFileSync(new URL('../dist/cjs/package.json', import.meta.url), '{"type":"commonjs"}\n')
