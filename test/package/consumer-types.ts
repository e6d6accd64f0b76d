import type { Consumer, Outcome } from './consumer.js'
import { subpaths } from './consumer.js'

const strict = { strict: true, skipLibCheck: false, noEmit: true, types: ['node'] }

/** The ways of resolving modules that a consumer may have chosen. */
export const consumerProjects: Readonly<Record<string, object>> = {
  node16: { module: 'node16', target: 'es2022', ...strict },
  nodenext: { module: 'nodenext', target: 'es2022', ...strict },
  'commonjs with bundler': {
    module: 'commonjs',
    moduleResolution: 'bundler',
    target: 'es2022',
    ...strict,
  },
  'preserve with bundler': { module: 'preserve', target: 'es2022', ...strict },
  'nodenext with legacy decorators': {
    module: 'nodenext',
    target: 'es2022',
    experimentalDecorators: true,
    ...strict,
  },
  'esnext with bundler': {
    module: 'esnext',
    moduleResolution: 'bundler',
    target: 'es2022',
    ...strict,
  },
}

/** What both kinds of module can import; the preload is ESM only. */
const modulePaths = subpaths.filter((path) => path !== 'seclog/register')
const imports = modulePaths.map((path, index) => `import * as m${index} from '${path}'`).join('\n')
const modules = `export const modules = [${modulePaths.map((_, index) => `m${index}`).join(', ')}]`

/** What an application does with the package, as far as its types are concerned. */
const usage = `
import type { Logger } from 'pino'
import {
  createSecurityLogger,
  SeclogError,
  startTracing,
  traced,
  withSpan,
  type SeclogErrorCode,
  type SecurityLogger,
  type Span,
  type Tracing,
} from 'seclog'

const log: SecurityLogger = createSecurityLogger({ service: { name: 'scan-api', version: '1.2.3' } })
const asPino: Logger = log
const noticed = createSecurityLogger({ customLevels: { notice: 35 } })
noticed.notice({ actor: 'root' }, 'custom levels are methods')
noticed.child({ part: 'x' }, { customLevels: { deep: 15 } }).deep('so are those of a child')
// @ts-expect-error a level that nobody defined
log.notice('no such level')
log.child({ scan_id: 's-42' }).withFields({ tenant: 't' }, () => log.info({ n: 1 }, 'hello'))

const answer: Promise<number> = log.withSpan('work', async (span: Span) => {
  span.setAttribute('n', 1).addEvent('begun', { at: 1 })
  return 42
})
const plain: string = withSpan('sync', { kind: 'client', attributes: { big: 1n } }, () => 'x')
const numbers: Generator<number> = withSpan('generator', function* () { yield 1 })
const later: AsyncGenerator<string, void> = withSpan('generator', async function* () { yield 'a' })

class Scanner {
  @traced('scan', { kind: 'internal' })
  async scan(path: string): Promise<number> {
    return path.length
  }
}
const size: Promise<number> = new Scanner().scan('package-lock.json')
const parse: (text: string) => unknown = traced('parse')((text: string): unknown => JSON.parse(text))

export async function main(): Promise<void> {
  const tracing: Tracing = await startTracing({ service: 'scan-api' })
  const mode: 'exporting' | 'log-only' | 'external' | 'disabled' = tracing.mode
  await tracing.shutdown(1000)
  const detached = log.startSpan('detached')
  detached.log.info(mode)
  detached.end()
  await log.close({ timeoutMs: 100 })
}

export function code(error: unknown): SeclogErrorCode | undefined {
  return error instanceof SeclogError ? error.code : undefined
}

export const used = [asPino, answer, plain, numbers, later, size, parse]
`

/** Writes the sources and one tsconfig per project. */
export function writeTypeConsumer(consumer: Consumer): void {
  const source = `${imports}\n${modules}\n${usage}`
  consumer.write('types/main.ts', source)
  consumer.write('types/main.cts', source)
  for (const [name, compilerOptions] of Object.entries(consumerProjects)) {
    // A .cts file is CommonJS only where the module kind follows the file.
    const bundler = !name.startsWith('node')
    const files = bundler ? ['types/main.ts'] : ['types/main.ts', 'types/main.cts']
    consumer.write(projectFile(name), JSON.stringify({ compilerOptions, files }))
  }
}

/** Checks one project with a compiler, given as the path of its `tsc`. */
export function checkTypes(consumer: Consumer, project: string, compiler: string): Outcome {
  return consumer.node([compiler, '--pretty', 'false', '-p', projectFile(project)])
}

function projectFile(name: string): string {
  return `tsconfig.${name.replaceAll(' ', '-')}.json`
}
