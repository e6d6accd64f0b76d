// Makes dist/page: the script and the style sheet of the page of traces, which `seclog trace --html` puts into one file.
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))

const checked = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.page.json'], {
  cwd: root,
  stdio: 'inherit',
})
if (checked.status !== 0) process.exit(1)

await build({
  absWorkingDir: root,
  entryPoints: { page: 'page/main.ts' },
  outdir: 'dist/page',
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  // Whatever stands in a script or style element must not end it.
  legalComments: 'none',
  charset: 'ascii',
  logLevel: 'warning',
})
