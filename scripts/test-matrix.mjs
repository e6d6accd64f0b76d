// Runs test/matrix/checks.mjs in real applications, one for each generation of OpenTelemetry, on each Node that it
// supports, as ESM, CommonJS and one bundled file; prints a table and fails if a cell is red.
//
//   node scripts/test-matrix.mjs            every cell
//   node scripts/test-matrix.mjs --short    four cells, for CI
//   node scripts/test-matrix.mjs --only=3.1 --only=2.12    these generations
//   node scripts/test-matrix.mjs --fresh    with the newest Node of each line, not those of the last run
//
// The applications are test/matrix/fixtures, installed from their lock files in a temporary directory; the package is
// packed and unpacked there as it would be published. Node comes from the npm packages that hold nothing but its binary.
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { build } from 'esbuild'

/** Which Node lines each generation supports. */
const nodes = ['20', '22.15.0', '22', '24', '26']
const generations = [
  ['none', nodes],
  ['2.0', nodes],
  ['2.8', nodes],
  ['2.12', nodes],
  ['3.1', nodes.filter((node) => node !== '20')],
]
const short = [
  ['none', ['22']],
  ['2.0', ['20']],
  ['2.12', ['24']],
  ['3.1', ['26']],
]
/** The generations whose application has a second copy of the API, `otel-api-skewed`. */
const withTwoCopies = ['2.12', '3.1']
const forms = ['esm', 'cjs', 'bundle']
const longest = 60_000

const source = resolve('test/matrix')
const cache = join(tmpdir(), `seclog-matrix-node-${process.platform}-${process.arch}`)
const npmOptions = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']

const only = process.argv.filter((arg) => arg.startsWith('--only=')).map((arg) => arg.slice(7))
const wanted = (process.argv.includes('--short') ? short : generations)
  .filter(([generation]) => only.length === 0 || only.includes(generation))
  .map(([generation, lines]) => ({ generation, lines }))
const columns = nodes.filter((node) => wanted.some(({ lines }) => lines.includes(node)))

function command(name, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(name, args, { cwd, encoding: 'utf8' })
  if (error) throw error
  if (status !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${status}:\n${stderr}`)
  return stdout.trim()
}

/** The path of the newest Node of that line, and its version. */
function installNode(line) {
  const name = `node-${process.platform}-${process.arch}`
  const home = join(cache, line)
  const binary = join(home, 'node_modules', name, 'bin/node')
  if (!existsSync(binary)) {
    mkdirSync(home, { recursive: true })
    command('npm', ['install', '--prefix', home, ...npmOptions, `${name}@${line}`], home)
  }
  return { binary, version: command(binary, ['--version'], home) }
}

/** Installs the application of a generation from its lock file, and this package as it would be published. */
async function createApplication(root, generation, tarball) {
  const directory = join(root, generation)
  cpSync(join(source, 'fixtures', generation), directory, { recursive: true })
  command('npm', ['ci', '--prefer-offline', ...npmOptions], directory)
  const home = join(directory, 'node_modules/seclog')
  mkdirSync(home)
  command('tar', ['-xzf', tarball, '-C', home, '--strip-components=1'], directory)
  for (const form of forms) await compile(directory, generation, form)
  return directory
}

/** The program in one form: with its imports left alone, or in one file with all that it names. */
async function compile(directory, generation, form) {
  const format = form === 'esm' ? 'esm' : 'cjs'
  await build({
    entryPoints: [join(source, 'fixtures', generation, 'main.mjs')],
    outfile: join(directory, programOf(form)),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format,
    logLevel: 'error',
    define: { 'globalThis.seclogMatrixBundled': String(form === 'bundle') },
    // Not this repository's own: it finds the package in its sources.
    tsconfigRaw: {},
    // Packages are those of the application, not of this repository.
    ...(form === 'bundle' ? { plugins: [own(directory)] } : { packages: 'external' }),
  })
}

/** Resolves every package from the application. */
function own(directory) {
  return {
    name: 'packages-of-the-application',
    setup({ onResolve, resolve: resolvePath }) {
      onResolve({ filter: /^[@a-z]/ }, ({ path, importer, kind, pluginData }) => {
        if (pluginData === 'resolved' || path.startsWith('node:')) return undefined
        if (!importer.startsWith(source)) return undefined
        return resolvePath(path, { resolveDir: directory, kind, pluginData: 'resolved' })
      })
    },
  }
}

function programOf(form) {
  return form === 'esm' ? 'app-esm.mjs' : `app-${form}.cjs`
}

/** Runs one form of an application on one Node: all checks in one process, and those with two copies in one each. */
async function runCell({ node, directory, form, generation }) {
  const results = [await runProgram(node.binary, directory, [programOf(form)])]
  for (const check of withTwoCopies.includes(generation) ? ['0', '1'] : []) {
    results.push(await runProgram(node.binary, directory, [programOf(form), check]))
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0)
  return {
    passed: sum('passed'),
    total: sum('total'),
    failed: results.flatMap(({ failed }) => failed),
    stderr: results.map(({ stderr }) => stderr).join(''),
    ending: results.find(({ ending }) => ending !== 'code 0')?.ending ?? 'code 0',
  }
}

function runProgram(binary, directory, args) {
  return new Promise((resolve) => {
    // The program sees nothing of our environment: no settings of OpenTelemetry, no coverage.
    const child = spawn(binary, args, {
      cwd: directory,
      env: { PATH: process.env.PATH },
      timeout: longest,
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.on('close', (code, signal) =>
      resolve({ ...read(stdout), ending: signal ?? `code ${code}`, stderr }),
    )
  })
}

function read(stdout) {
  const checks = []
  for (const line of stdout.split('\n')) {
    if (line.startsWith('{"title":')) checks.push(JSON.parse(line))
  }
  const failed = checks.filter(({ error }) => error !== undefined)
  return { passed: checks.length - failed.length, total: checks.length, failed }
}

function isGreen({ ending, passed, total, stderr }) {
  return ending === 'code 0' && total > 0 && passed === total && stderr === ''
}

/** Works through the jobs, some at a time. */
async function runAll(jobs, parallel) {
  const waiting = [...jobs]
  const worker = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      job.result = await runCell(job)
    }
  }
  await Promise.all(Array.from({ length: parallel }, worker))
}

function printTable(jobs, versions) {
  console.log(`\nESM · CommonJS · bundle: checks passed of checks run\n`)
  console.log(`| OpenTelemetry | ${columns.map((line) => `Node ${versions[line]}`).join(' | ')} |`)
  console.log(`|---|${columns.map(() => '---|').join('')}`)
  for (const { generation } of wanted) {
    const cells = columns.map((line) => {
      const own = jobs.filter((job) => job.generation === generation && job.line === line)
      if (own.length === 0) return '–'
      const counts = own.map(({ result }) => `${result.passed}/${result.total}`).join(' · ')
      return own.every(({ result }) => isGreen(result)) ? counts : `**red** ${counts}`
    })
    console.log(`| ${generation} | ${cells.join(' | ')} |`)
  }
}

function printFailure({ generation, line, form, result }) {
  console.log(`\n# ${generation} on Node ${line}, ${form}: ended with ${result.ending}`)
  for (const { title, error } of result.failed) console.log(`- ${title}\n${error}`)
  if (result.stderr !== '') console.log(result.stderr)
}

if (wanted.length === 0) {
  throw new Error(`--only takes one of ${generations.map(([name]) => name).join(', ')}.`)
}
if (process.argv.includes('--fresh')) rmSync(cache, { recursive: true, force: true })
const root = mkdtempSync(join(tmpdir(), 'seclog-matrix-'))
try {
  const found = Object.fromEntries(columns.map((line) => [line, installNode(line)]))
  const packed = command('npm', [
    'pack',
    '--ignore-scripts',
    '--silent',
    '--pack-destination',
    root,
  ])
  const tarball = join(root, packed.split('\n').at(-1))
  const jobs = []
  for (const { generation, lines } of wanted) {
    const directory = await createApplication(root, generation, tarball)
    for (const line of lines) {
      for (const form of forms) jobs.push({ generation, line, form, directory, node: found[line] })
    }
  }
  await runAll(jobs, Math.min(4, availableParallelism()))
  const red = jobs.filter(({ result }) => !isGreen(result))
  for (const job of red) printFailure(job)
  printTable(jobs, Object.fromEntries(columns.map((line) => [line, found[line].version.slice(1)])))
  console.log(`\n${jobs.length - red.length} of ${jobs.length} runs are green.`)
  if (red.length > 0) process.exitCode = 1
} finally {
  rmSync(root, { recursive: true, force: true })
}
