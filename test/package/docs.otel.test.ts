import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import test from 'ava'
import { ownCompiler } from './consumer.js'
import { anchorsOf, type CodeBlock, codeBlocksOf, ownLinksOf } from './markdown.js'

const docs = existsSync('docs')
  ? readdirSync('docs', { encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`)
  : []
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...docs]
const texts = new Map(pages.map((page) => [page, readFileSync(page, 'utf8')]))

const directory = 'build/docs'

interface Program {
  readonly page: string
  readonly block: CodeBlock
  /** What it prints, when the next block says so. */
  readonly output: CodeBlock | undefined
  readonly source: string
  readonly compiled: string
}

/** The name that a block gives its file, as in a fence of `js app.js`; without its end. */
function fileOf({ words }: CodeBlock): string | undefined {
  return words.map((word) => /^([\w.-]+)\.[jt]s$/.exec(word)?.[1]).find((found) => found)
}

const programs: readonly Program[] = [...texts].flatMap(([page, text]) => {
  const blocks = codeBlocksOf(text)
  return blocks.flatMap((block, index): Program[] => {
    if (!/^[cm]?[jt]sx?$|^(?:java|type)script$/.test(block.language)) return []
    const kind = /\brequire\(/.test(block.code) && !/^import\b/m.test(block.code) ? 'c' : ''
    const slug = page.replace(/\W+/g, '-')
    // A block that names its file stands beside the page's others, which it may import; a later one replaces it.
    const named = fileOf(block)
    if (named !== undefined && blocks.slice(index + 1).some((later) => fileOf(later) === named))
      return []
    const name = named === undefined ? `${slug}-${block.line}` : `${slug}/${named}`
    const end = /^[cm]?j/.test(block.language) ? 'js' : 'ts'
    const next = blocks[index + 1]
    return [
      {
        page,
        block,
        output: next?.words.includes('output') ? next : undefined,
        source: `${name}.${kind}${end}`,
        compiled: join(directory, 'out', `${name}.${kind}js`),
      },
    ]
  })
})

test.before(() => {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  // As strict as an application may be, without the rules of taste.
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable', 'esnext.decorators'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    allowJs: true,
    checkJs: true,
    moduleDetection: 'force',
    rootDir: '.',
    outDir: 'out',
  }
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: programs.map(({ source }) => source) }),
  )
  for (const { source, block } of programs) {
    mkdirSync(dirname(join(directory, source)), { recursive: true })
    writeFileSync(join(directory, source), block.code)
  }
})

/** What may differ from run to run, and from machine to machine, in a printed line. */
const volatile =
  /"(time|@timestamp|pid|process\.pid|hostname|host\.(?:host)?name|trace_id|trace\.id|span_id|span\.id|parent_span_id|parent\.id|start|duration_ms|stack|event\.duration|thread_id)":(?:"(?:[^"\\]|\\.)*"|[\d.e+-]+)/g

const settled = (output: string) => output.replace(volatile, '"$1":…').trim()

test.serial('every program of README and docs compiles', (t) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [ownCompiler, '--pretty', 'false', '-p', directory],
    { encoding: 'utf8' },
  )
  // Named by page and line, not by the file that was written for the compiler.
  const said = programs.reduce(
    (text, { source, page, block }) =>
      text.replaceAll(
        new RegExp(`^.*?${source.replaceAll('.', '\\.')}\\((\\d+),`, 'gm'),
        (_, line) => `${page}:${block.line + Number(line)} (`,
      ),
    stdout + stderr,
  )
  t.is(said, '')
  t.is(status, 0)
})

for (const { page, block, output, compiled } of programs) {
  if (!block.words.includes('run')) continue
  test.serial(`the program of ${page}:${block.line} runs, and prints what the page says`, (t) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [compiled], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], NODE_V8_COVERAGE: '' },
      timeout: 20_000,
    })
    t.is(stderr, '')
    t.is(status, 0)
    if (output !== undefined) t.is(settled(stdout), settled(output.code))
  })
}

test('every link of a page to a file of the repository leads somewhere', (t) => {
  for (const [page, text] of texts) {
    for (const link of ownLinksOf(text)) {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? page : join(dirname(page), path)
      t.true(existsSync(target), `${page}: ${link}`)
      if (anchor === undefined || !target.endsWith('.md')) continue
      t.true(anchorsOf(readFileSync(target, 'utf8')).has(anchor), `${page}: ${link}`)
    }
  }
})

test('the program of the first screen is examples/quickstart.ts', (t) => {
  const [program] = codeBlocksOf(texts.get('README.md') ?? '').filter(({ words }) =>
    words.includes('run'),
  )
  t.is(program?.code, readFileSync('examples/quickstart.ts', 'utf8'))
})

test('the pages name only npm scripts that exist', (t) => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  )
  for (const [page, text] of texts) {
    for (const [, script = ''] of text.matchAll(/\bnpm run ([\w:-]+)/g)) {
      t.true(script in scripts, `${page}: npm run ${script}`)
    }
  }
})
