import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import test from 'ava'
import { importsOf, readsEnvironment } from './source-imports.js'

/** The architecture: which folders a folder may import. The leaves are open to all and import nothing of ours. */
const leaves: readonly string[] = ['errors.ts', 'diagnostics.ts', 'process-lock.ts']

const belowLogger = [
  'context',
  'config',
  'redaction',
  'formats',
  'propagation',
  'line',
  'destinations',
  'spans',
  'security',
  'audit',
] as const

const folders: Readonly<Record<string, readonly string[]>> = {
  context: [],
  config: [],
  // For the environment's variables that are registered as secrets.
  redaction: ['config'],
  formats: ['redaction'],
  propagation: ['context', 'redaction'],
  line: ['context', 'config', 'redaction', 'formats'],
  destinations: ['config'],
  spans: ['context', 'redaction'],
  security: ['config', 'formats', 'context'],
  audit: ['redaction'],
  logger: belowLogger,
  tracing: ['context', 'config', 'redaction', 'propagation'],
  http: ['context', 'redaction', 'line', 'logger', 'spans', 'propagation'],
  mcp: ['logger', 'spans', 'propagation'],
  transports: ['config', 'formats', 'redaction', 'destinations'],
  // Of the redaction, the registry of secrets: a token of its own must not be logged.
  control: ['config', 'redaction', 'line', 'logger'],
  elk: ['formats', 'redaction'],
  testing: [...belowLogger, 'logger', 'tracing', 'http', 'mcp', 'transports', 'elk'],
  cli: [...belowLogger, 'logger', 'tracing', 'http', 'mcp', 'transports', 'elk', 'testing'],
}

/** Public entries at the root of `src`: they may import any folder, and nothing may import them. */
const entries: readonly string[] = ['index.ts', 'register.ts']

/** What may be imported from outside, and where. */
const packages: Readonly<Record<string, 'anywhere' | readonly string[]>> = {
  pino: 'anywhere',
  '#require': ['line', 'logger', 'formats', 'transports', 'cli'],
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.split(sep).join('/'))
  .sort()

const sources = new Map(files.map((file) => [file, readFileSync(join('src', file), 'utf8')]))

/** The layer of a file: its folder, or its own name at the root. */
function layerOf(file: string): string {
  const slash = file.indexOf('/')
  return slash === -1 ? file : file.slice(0, slash)
}

function targetOf(file: string, specifier: string): string {
  return normalize(join(dirname(file), specifier))
    .split(sep)
    .join('/')
    .replace(/\.js$/, '.ts')
}

/** Every broken rule, as a sentence. */
function breaches(all: ReadonlyMap<string, string>): readonly string[] {
  const found: string[] = []
  for (const [file, source] of all) {
    const layer = layerOf(file)
    if (!(layer in folders) && !leaves.includes(layer) && !entries.includes(layer)) {
      found.push(`${file}: "${layer}" is not in the table of layers`)
    }
    for (const { specifier, kind } of importsOf(source)) {
      const problem = specifier.startsWith('.')
        ? ownImport(file, layer, targetOf(file, specifier), all)
        : foreignImport(layer, specifier, kind)
      if (problem !== undefined) found.push(`${file}: ${specifier} ${problem}`)
    }
    if (layer !== 'tracing' && /['"`]@opentelemetry\/[^'"`\s]*['"`]/.test(source)) {
      found.push(`${file}: only tracing/ may name an OpenTelemetry package`)
    }
    if (layer !== 'config' && readsEnvironment(source)) {
      found.push(`${file}: only config/ may read the environment`)
    }
  }
  return found
}

function ownImport(
  file: string,
  layer: string,
  target: string,
  all: ReadonlyMap<string, string>,
): string | undefined {
  if (!all.has(target)) return 'is no file of src'
  const other = layerOf(target)
  if (entries.includes(other)) return 'is a public entry, which nothing may import'
  if (leaves.includes(layer)) return 'is imported by a leaf, which may import nothing of ours'
  if (other === layer || leaves.includes(other) || entries.includes(layer)) return undefined
  return folders[layer]?.includes(other) ? undefined : `is not open to ${dirname(file)}/`
}

function foreignImport(layer: string, specifier: string, kind: string): string | undefined {
  if (specifier.startsWith('node:')) return undefined
  const inTracing = layer === 'tracing'
  if (specifier.startsWith('@opentelemetry/')) {
    if (!inTracing) return 'may be imported by tracing/ only'
    return kind === 'dynamic' ? undefined : 'must be imported lazily'
  }
  if (kind === 'dynamic' && specifier.startsWith('(')) {
    return inTracing || layer === 'cli' ? undefined : 'is computed, so no layer can be told'
  }
  const open = packages[specifier]
  if (open === 'anywhere' || open?.includes(layer)) return undefined
  if (kind === 'dynamic' && specifier === 'pino-pretty') return undefined
  return 'is no package that this layer may import'
}

/** The first circle found, as the files on it. */
function circle(edges: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>()
  const path: string[] = []
  function visit(node: string): readonly string[] | undefined {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node]
    if (done.has(node)) return undefined
    path.push(node)
    for (const next of edges.get(node) ?? []) {
      const found = visit(next)
      if (found !== undefined) return found
    }
    path.pop()
    done.add(node)
    return undefined
  }
  for (const node of edges.keys()) {
    const found = visit(node)
    if (found !== undefined) return found
  }
  return undefined
}

function graph(all: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...all].map(([file, source]) => [
      file,
      importsOf(source)
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => targetOf(file, specifier)),
    ]),
  )
}

test('every import of src follows the table of layers', (t) => {
  t.true(sources.size > 5)
  t.deepEqual(breaches(sources), [])
})

test('no circle of imports exists, not even of types', (t) => {
  t.is(circle(graph(sources)), undefined)
})

test('the table itself has no circle and names only layers that it lists', (t) => {
  t.is(circle(new Map(Object.entries(folders))), undefined)
  t.deepEqual(
    Object.values(folders)
      .flat()
      .filter((name) => !(name in folders)),
    [],
  )
})

test('an upward arrow is found in every way it can be written', (t) => {
  const upward = [
    "import { x } from '../logger/a.js'",
    "import type { X } from '../logger/a.js'",
    "import {\n  type X,\n  y,\n} from '../logger/a.js'",
    "import '../logger/a.js'",
    "export * from '../logger/a.js'",
    "export type { X } from '../logger/a.js'",
    "export const x = await import('../logger/a.js')",
    "export type X = import('../logger/a.js').X",
    "const x = require('../logger/a.js')",
  ]
  for (const source of upward) {
    const all = new Map([
      ['context/a.ts', source],
      ['logger/a.ts', ''],
    ])
    t.deepEqual(breaches(all), ['context/a.ts: ../logger/a.js is not open to context/'], source)
  }
})

test('what the table forbids is found', (t) => {
  const problems = (file: string, source: string) => breaches(new Map([[file, source]])).length
  t.is(problems('plugins/a.ts', ''), 1, 'a folder that is not in the table')
  t.is(problems('helpers.ts', ''), 1, 'a file at the root that is not in the table')
  t.is(problems('diagnostics.ts', "import { x } from './errors.js'"), 1)
  t.is(problems('context/a.ts', "import { x } from './gone.js'"), 1)
  t.true(problems('spans/a.ts', "import type { Span } from '@opentelemetry/api'") > 0)
  t.true(problems('spans/a.ts', "const name = '@opentelemetry/api'") > 0)
  t.true(problems('tracing/a.ts', "import type { Span } from '@opentelemetry/api'") > 0)
  t.is(problems('tracing/a.ts', "const api = await import('@opentelemetry/api')"), 0)
  t.is(problems('context/a.ts', 'await import(name)'), 1, 'a computed import')
  t.is(problems('context/a.ts', "import x from 'lodash'"), 1, 'a package that is no dependency')
  t.is(problems('context/a.ts', "import { x } from '#require'"), 1)
  t.is(problems('line/a.ts', "import { x } from '#require'"), 0)
  t.is(problems('context/a.ts', 'export const x = process.env.LOG_LEVEL'), 1)
  t.is(problems('context/a.ts', "export const x = process['env']"), 1)
  t.is(problems('context/a.ts', 'const { env } = process'), 1)
  t.is(problems('context/a.ts', "import { env } from 'node:process'"), 1)
  t.is(problems('context/a.ts', '// see process.env\n * import x from "y"'), 0)
})

test('a circle is found', (t) => {
  const all = new Map([
    ['context/a.ts', "import type { B } from './b.js'"],
    ['context/b.ts', "import { c } from './c.js'"],
    ['context/c.ts', "export { a } from './a.js'"],
  ])
  t.deepEqual(circle(graph(all)), ['context/a.ts', 'context/b.ts', 'context/c.ts', 'context/a.ts'])
})
