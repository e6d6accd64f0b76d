import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'
import test from 'ava'
import { manifest } from './consumer.js'

/** Without coverage: scripts and npm are no source of ours. */
const env = { ...process.env, NODE_V8_COVERAGE: '' }

function printed(script: string): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, [script], {
    encoding: 'utf8',
    env,
  })
  if (status !== 0) throw new Error(stderr)
  return stdout
}

test('the public declarations are those that were recorded; npm run record:api records a change', (t) => {
  const surface = printed('scripts/api-surface.mjs')
  t.true(surface.includes('export declare function createSecurityLogger<'))
  t.is(surface, readFileSync('test/data/api-surface.txt', 'utf8'))
})

test('the licences of what an installation brings along are listed, and none of them binds who uses it', (t) => {
  const list = printed('scripts/third-party.mjs')
  t.is(list, readFileSync('THIRD_PARTY.md', 'utf8'))
  const rows = list.split('\n').filter((line) => /^\| [@a-z]/.test(line) && !/licence/.test(line))
  t.true(rows.length > 5)
  for (const row of rows) t.regex(row, /\| (?:MIT|ISC|BSD-[23]-Clause|Apache-2\.0) \|$/)
})

test('nothing runs when the package, or what it brings along, is installed', (t) => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  )
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) {
    t.false(name in scripts, name)
  }
  const lock: {
    packages: Record<string, { dev?: boolean; peer?: boolean; hasInstallScript?: true }>
  } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  for (const [path, { dev, peer, hasInstallScript }] of Object.entries(lock.packages)) {
    if (dev !== true && peer !== true) t.is(hasInstallScript, undefined, path)
  }
})

test('the bill of materials names pino and nothing that only development needs', (t) => {
  const { stdout, status } = spawnSync('npm', ['run', '--silent', 'sbom'], {
    encoding: 'utf8',
    env,
  })
  t.is(status, 0)
  const bill: { bomFormat: string; components: { name: string }[] } = JSON.parse(stdout)
  t.is(bill.bomFormat, 'CycloneDX')
  const names = bill.components.map(({ name }) => name)
  t.true(names.includes('pino'))
  for (const name of Object.keys(manifest.devDependencies)) t.false(names.includes(name), name)
})

test('actions of workflows are pinned to commits, and no workflow may write by default', (t) => {
  for (const name of readdirSync('.github/workflows')) {
    const text = readFileSync(`.github/workflows/${name}`, 'utf8')
    t.regex(text, /^permissions:\n {2}contents: read\n/m, name)
    const uses = [...text.matchAll(/uses: (.*)/g)]
    t.true(uses.length > 0)
    for (const [, action = ''] of uses) t.regex(action, /^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  }
})
