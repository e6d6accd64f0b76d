import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { chromium } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const elsewhere = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Path of a Chromium: what `SECLOG_CHROMIUM` says, else one of this machine; `undefined` if there is none. */
export function findChromium() {
  const given = process.env['SECLOG_CHROMIUM']
  if (given !== undefined && given !== '') return given
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [...paths, ...elsewhere].find((path) => existsSync(path))
}

/**
 * Path of a Chromium; on Debian, where this is root, its package is installed if there is none.
 *
 * @throws Error that says in a sentence what to do.
 */
export function needChromium() {
  const found = findChromium() ?? installed()
  if (found !== undefined) return found
  throw new Error(
    'No Chromium was found, and none could be installed. Install one (on Debian: apt-get install chromium), or say with SECLOG_CHROMIUM where it is.',
  )
}

function installed() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined
  console.error('No Chromium was found: installing the package chromium.')
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', 'chromium']]) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const { status } = spawnSync('apt-get', ['--quiet', ...args], { stdio: 'inherit', env })
    if (status !== 0) return undefined
  }
  return findChromium()
}

/** Starts a Chromium without windows. Its own sandbox needs what root in a container does not have. */
export function launchChromium() {
  return chromium.launch({ executablePath: needChromium(), args: ['--no-sandbox'] })
}
