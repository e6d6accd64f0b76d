// Prints the licence of every package that an installation of this one brings along, as node_modules has them.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

const found = new Map()
const own = JSON.parse(readFileSync('package.json', 'utf8'))
for (const name of Object.keys(own.dependencies)) add(name, '.')

const rows = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
process.stdout.write(
  `# Third-party packages

What \`npm install seclog\` brings along, with the licences that the packages state. Optional peers are not among them.
Written by \`npm run record:licences\`.

| package | version | licence |
|---|---|---|
${rows.map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`).join('\n')}
`,
)

/** A package and what it depends on, found from the directory of who asks for it, as Node finds it. */
function add(name, from) {
  const directory = locate(name, from)
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const { version, license, dependencies = {} } = manifest
  const key = `${name}@${version}`
  if (found.has(key)) return
  if (typeof license !== 'string') throw new Error(`${key} does not state its licence`)
  found.set(key, { name, version, license })
  for (const dependency of Object.keys(dependencies)) add(dependency, directory)
}

function locate(name, from) {
  const nested = join(from, 'node_modules', name)
  return existsSync(nested) ? nested : join('node_modules', name)
}
