// Prints every public declaration of the built package, import path by import path, without comments: what a release promises.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))

for (const [path, conditions] of Object.entries(exports)) {
  if (typeof conditions === 'string') continue
  const names = surface(conditions.default.replace(/\.js$/, '.d.ts'))
  process.stdout.write(`# ${join('seclog', path)}\n\n`)
  for (const name of [...names.keys()].sort()) process.stdout.write(`${names.get(name)}\n`)
  process.stdout.write('\n')
}

/** The declarations that a file exports, by the names that they are exported under. */
function surface(file) {
  const found = new Map()
  const imported = new Map()
  for (const statement of statementsOf(file)) {
    const [, names, from] = /^import (?:type )?\{([^}]*)\} from '(\.[^']+)'/.exec(statement) ?? []
    for (const name of names?.split(',') ?? []) imported.set(name.trim(), from)
  }
  for (const statement of statementsOf(file)) {
    const list = /^export (?:type )?\{([^}]*)\}(?: from '([^']+)')?/.exec(statement)
    const all = /^export \* from '([^']+)'/.exec(statement)
    const own = /^export (?:declare )?(?:abstract )?(?:const|function|class|interface|type) (\w+)/
    const name = own.exec(statement)?.[1]
    if (all) for (const [key, text] of surface(beside(file, all[1]))) found.set(key, text)
    else if (list) {
      for (const item of list[1].split(',')) {
        const [from = '', to = from] = item
          .trim()
          .replace(/^type /, '')
          .split(/ as /)
        if (from === '') continue
        const text = surface(beside(file, list[2] ?? imported.get(from))).get(from)
        if (text === undefined) throw new Error(`${file}: ${from} is not found`)
        found.set(to, from === to ? text : `${to} = ${text}`)
      }
    } else if (name !== undefined) {
      // Overloads stand one below the other.
      const before = found.get(name)
      found.set(name, before === undefined ? statement : `${before}\n${statement}`)
    }
  }
  return found
}

/** The top-level statements of a declaration file: they begin at the start of a line, what belongs to them does not. */
function statementsOf(file) {
  const text = readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/^\s*\n/gm, '')
  return text.split(/\n(?=[a-z])/).map((statement) => statement.trim())
}

function beside(file, specifier) {
  return join(dirname(file), specifier.replace(/\.js$/, '.d.ts'))
}
