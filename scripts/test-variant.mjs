// Runs the compiled tests in a copy of the repository that has other packages installed, or under another Node.
//
//   node scripts/test-variant.mjs --without=@opentelemetry/ --without=pino-pretty [ava arguments]
//   node scripts/test-variant.mjs --with=pino@10.2.0 --with=pino@latest [ava arguments]
//   node scripts/test-variant.mjs --node=20.19.0 --node=24 [ava arguments]
//
// All of --without make one variant (a name ending in "/" or "-" is a prefix); each --with and each --node is a variant of
// its own. Node comes from the npm packages that hold nothing but its binary.
// Tests of the package itself (test/package) are about the one real package and are left out.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import process from 'node:process'

const copied = ['ava.config.mjs', 'bench', 'build', 'dist', 'docs', 'examples', 'package-lock.json']
copied.push('README.md', 'runtime', 'schema', 'scripts', 'src', 'test', 'tsconfig.json')

/** Tests that name what may be missing are in files of these names. */
const namesOf = { '@opentelemetry/': 'otel', 'pino-pretty': 'pretty' }

const values = (flag) =>
  process.argv.filter((arg) => arg.startsWith(flag)).map((arg) => arg.slice(flag.length))
const without = values('--without=')
const variants = [
  ...values('--with=').map((spec) => ({ title: `with ${spec}`, with: spec, without: [] })),
  ...values('--node=').map((node) => ({ title: `Node ${node}`, node, without: [] })),
]
if (without.length > 0) variants.push({ title: `without ${without.join(', ')}`, without })
const avaArguments = process.argv.slice(2).filter((arg) => !/^--(with|without|node)=/.test(arg))

/** The package.json of the variant. */
function manifestOf({ with: spec, without }) {
  const manifest = createRequire(import.meta.url)('../package.json')
  const gone = (name) =>
    without.some((item) => (/[/-]$/.test(item) ? name.startsWith(item) : name === item))
  const kept = (list) => Object.fromEntries(Object.entries(list).filter(([name]) => !gone(name)))
  const copy = { ...manifest, devDependencies: kept(manifest.devDependencies) }
  if (spec !== undefined) {
    const at = spec.lastIndexOf('@')
    const own = spec.slice(0, at) in copy.dependencies ? 'dependencies' : 'devDependencies'
    copy[own] = { ...copy[own], [spec.slice(0, at)]: spec.slice(at + 1) }
  }
  return copy
}

/** AVA's configuration of the variant: nothing to compile, and no test that names what is missing. */
function configOf({ without }) {
  const files = ['!test/package/**']
  for (const name of without) if (namesOf[name]) files.push(`!test/**/*.${namesOf[name]}.test.ts`)
  return `import base from './ava.base.mjs'
const typescript = { ...base.typescript, compile: false }
export default { ...base, typescript, files: [...base.files, ...${JSON.stringify(files)}] }
`
}

function run(command, args, cwd, env = process.env) {
  const { status, error } = spawnSync(command, args, {
    cwd,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (error) throw error
  return status ?? 1
}

function assertGone(directory, names) {
  const require = createRequire(join(directory, 'package.json'))
  for (const name of names) {
    const probe = name.endsWith('/') ? `${name}api` : name
    if (existsSync(join(directory, 'node_modules', name))) throw new Error(`${name} is still there`)
    try {
      require.resolve(probe)
    } catch {
      continue
    }
    throw new Error(`${probe} can still be resolved`)
  }
}

/** The path of a Node binary of that version, installed beside the copy. */
function installNode(root, version) {
  const home = join(root, 'node')
  const name = `node-${process.platform}-${process.arch}`
  const install = ['install', '--prefix', home, '--no-audit', '--no-fund', '--loglevel=error']
  if (run('npm', [...install, `${name}@${version}`], root) !== 0) {
    throw new Error(`${name}@${version} cannot be installed`)
  }
  const binary = join(home, 'node_modules', name, 'bin/node')
  run(binary, ['--version'], root)
  return binary
}

function runVariant(variant) {
  const root = mkdtempSync(join(tmpdir(), 'seclog-variant-'))
  const directory = join(root, 'seclog')
  try {
    for (const name of copied) {
      if (!existsSync(name)) continue
      const target = name === 'ava.config.mjs' ? 'ava.base.mjs' : name
      const filter = (path) => !path.includes('node_modules')
      cpSync(name, join(directory, target), { recursive: true, filter })
    }
    if (existsSync('../shared')) symlinkSync(resolve('../shared'), join(root, 'shared'))
    writeFileSync(join(directory, 'package.json'), JSON.stringify(manifestOf(variant), null, 2))
    writeFileSync(join(directory, 'ava.config.mjs'), configOf(variant))
    const install = ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
    const installed = run('npm', [...install, '--loglevel=error'], directory)
    if (installed !== 0) return installed
    assertGone(directory, variant.without)
    const node = variant.node === undefined ? process.execPath : installNode(root, variant.node)
    // What the tests start by the name of `node` is that one too.
    const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` }
    return run(node, ['node_modules/ava/entrypoints/cli.mjs', ...avaArguments], directory, env)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

if (variants.length === 0)
  throw new Error('Name at least one --with=<package>@<version> or --without=<package>.')
let worst = 0
for (const variant of variants) {
  console.log(`# ${variant.title}`)
  worst = Math.max(worst, runVariant(variant))
}
process.exitCode = worst
