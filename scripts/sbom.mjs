// Prints the bill of materials of an installation, as CycloneDX. `npm sbom --omit=dev` in the repository itself leaves out
// everything that development uses too, and so all of it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

const { name, version, license, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
const directory = mkdtempSync(join(tmpdir(), 'seclog-sbom-'))
try {
  const manifest = JSON.stringify({ name, version, license, dependencies })
  writeFileSync(join(directory, 'package.json'), manifest)
  npm('install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund')
  process.stdout.write(npm('sbom', '--package-lock-only', '--sbom-format=cyclonedx'))
} finally {
  rmSync(directory, { recursive: true })
}

function npm(...args) {
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: directory, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout
}
