import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import test from 'ava'

const folder = mkdtempSync(join(process.cwd(), 'build', 'pretty-'))
test.after.always(() => rmSync(folder, { recursive: true, force: true }))

test('without pino-pretty the lines are JSON, and that is said once', (t) => {
  const missing = join(folder, 'missing.cjs')
  writeFileSync(
    missing,
    `const Module = require('node:module')
const resolve = Module._resolveFilename
Module._resolveFilename = function (request, ...rest) {
  if (request === 'pino-pretty') throw Object.assign(new Error(request), { code: 'MODULE_NOT_FOUND' })
  return resolve.call(this, request, ...rest)
}`,
  )
  const app = join(folder, 'app.mjs')
  writeFileSync(
    app,
    `import { createSecurityLogger } from ${JSON.stringify(join(process.cwd(), 'build/src/index.js'))}
for (let time = 0; time < 2; time++) createSecurityLogger({ format: 'pretty' }).info({ a: 1 }, 'ok')`,
  )
  const { NODE_OPTIONS: _options, ...env } = process.env
  const run = spawnSync(process.execPath, ['--require', missing, app], { encoding: 'utf8', env })
  const lines = run.stdout.trim().split('\n')
  t.is(lines.length, 2, run.stderr)
  for (const line of lines) t.like(JSON.parse(line), { a: 1, msg: 'ok' })
  t.is(run.stderr.split('needs the package pino-pretty').length, 2)
})
