// Runs the tests of the page in a real Chromium: `node scripts/test-browser.mjs [options of AVA]`, after a build.
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { needChromium } from './chromium.mjs'

try {
  const ava = fileURLToPath(new URL('../node_modules/ava/entrypoints/cli.mjs', import.meta.url))
  const args = [ava, '--config', 'ava.browser.config.mjs', ...process.argv.slice(2)]
  const env = { ...process.env, SECLOG_CHROMIUM: needChromium() }
  process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit', env }).status ?? 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
