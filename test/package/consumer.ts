import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'

/** What a command wrote and how it ended. */
export interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** An application in a directory of its own, with real packages installed. */
export interface Consumer {
  readonly directory: string
  /** Writes a file, given as a path inside the application. */
  write(path: string, text: string): void
  /** Runs Node in the application, with nothing of our environment but `PATH` and `env`. */
  node(args: readonly string[], env?: Readonly<Record<string, string>>): Outcome
  /** Runs npm in the application, with this machine's npm settings. */
  npm(args: readonly string[], env?: Readonly<Record<string, string>>): Outcome
  /** Runs commands of a shell in the application; the first that fails ends them. */
  shell(commands: string): Outcome
  /** Removes the directory. */
  remove(): void
}

/** The parts of package.json that the tests of the package read. */
export interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>
  readonly devDependencies: Readonly<Record<string, string>>
}

export const manifest: Manifest = JSON.parse(readFileSync('package.json', 'utf8'))

/** The import paths that hold code. */
export const subpaths: readonly string[] = Object.keys(manifest.exports)
  .filter((key) => !key.endsWith('.json'))
  .map((key) => key.replace(/^\./, 'seclog'))

/** The TypeScript compiler that is installed here. */
export const ownCompiler: string = resolve('node_modules/typescript/bin/tsc')

function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Outcome {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (error !== undefined) throw error
  return { status, stdout, stderr }
}

// Coverage and options of the test run must not reach the application.
function ownEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, ...env } = process.env
  // Left out, Node would hand it on all the same.
  return { ...env, NODE_V8_COVERAGE: '' }
}

/** Without what would change how lines and traces are written. */
function quiet(): NodeJS.ProcessEnv {
  const ours = /^(?:OTEL_|LOG_|ELASTICSEARCH_|NO_COLOR$|FORCE_COLOR$)/
  return Object.fromEntries(Object.entries(ownEnvironment()).filter(([name]) => !ours.test(name)))
}

interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

function pack(options: readonly string[]): Packed {
  const args = ['pack', '--json', '--ignore-scripts', ...options]
  const { status, stdout, stderr } = run('npm', args, process.cwd(), ownEnvironment())
  if (status !== 0) throw new Error(stderr)
  const answer: unknown = JSON.parse(stdout)
  // npm 11 answers with a list, later ones with an object by name.
  const [first] = Object.values(answer as Record<string, Packed>)
  if (first === undefined) throw new Error('npm pack made nothing')
  return first
}

/** Packs this package as it would be published, in a temporary directory of its own. */
export function packTarball(): string {
  const directory = mkdtempSync(join(tmpdir(), 'seclog-pack-'))
  return join(directory, pack(['--pack-destination', directory]).filename)
}

/** The paths of the files that would be published. */
export function packedFiles(): readonly string[] {
  return pack(['--dry-run']).files.map(({ path }) => path)
}

/** An empty ESM application. */
export function createConsumer(): Consumer {
  const directory = mkdtempSync(join(tmpdir(), 'seclog-consumer-'))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
  write(
    'package.json',
    JSON.stringify({ name: 'consumer', version: '1.0.0', private: true, type: 'module' }),
  )
  return {
    directory,
    write,
    node: (args, env) =>
      run(process.execPath, args, directory, { PATH: process.env['PATH'], ...env }),
    npm: (args, env) => run('npm', args, directory, { ...ownEnvironment(), ...env }),
    shell: (commands) => run('bash', ['-euo', 'pipefail', '-c', commands], directory, quiet()),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

/** Installs packages; the answer's stderr holds npm's warnings. */
export function install(consumer: Consumer, packages: readonly string[]): Outcome {
  const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
  return consumer.npm(['install', ...options, ...packages])
}
