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
  'esnext with bundler': {
    module: 'esnext',
    moduleResolution: 'bundler',
    target: 'es2022',
    ...strict,
  },
}

const imports = subpaths.map((path, index) => `import * as m${index} from '${path}'`).join('\n')
const used = `export const modules = [${subpaths.map((_, index) => `m${index}`).join(', ')}]`

/** What an application does with the package, as far as its types are concerned. */
const usage = `
import { SeclogError, type SeclogErrorCode } from 'seclog'

export function code(error: unknown): SeclogErrorCode | undefined {
  return error instanceof SeclogError ? error.code : undefined
}
`

/** Writes the sources and one tsconfig per project. */
export function writeTypeConsumer(consumer: Consumer): void {
  const source = `${imports}\n${used}\n${usage}`
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
