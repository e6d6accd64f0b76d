import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { sourceFiles } from './doctor-inventory.js'
import type { Project } from './doctor-project.js'
import { type Finding, findingsOf } from './finding.js'

const { note } = findingsOf('Logger')

/** What writes lines beside a SecurityLogger, and where it is told how to move on. */
const others: readonly { code: string; what: string; pattern: RegExp; fix: string }[] = [
  {
    code: 'left-pino',
    what: 'loggers of pino itself',
    // A type does no logging.
    pattern: /^(?!import type\b).*\bfrom\s+['"]pino['"]|\brequire\(\s*['"]pino['"]\s*\)/,
    fix: 'See docs/migrate-from-pino.md.',
  },
  {
    code: 'left-winston',
    what: 'winston',
    pattern: /\bfrom\s+['"]winston['"]|\brequire\(\s*['"]winston['"]\s*\)/,
    fix: 'See docs/migrate-from-winston.md.',
  },
  {
    code: 'left-console',
    what: 'console',
    pattern: /(?<![.\w])console\s*\.\s*(?:log|info|warn|error|debug|trace)\s*\(/,
    fix: 'Log it, or have captureConsole make records of it.',
  },
]

const mostNamed = 3

/** Where the project's source still logs in another way than by a SecurityLogger: notes, since it may be meant so. */
export function checkSources({ folder }: Project): readonly Finding[] {
  const places = new Map<string, string[]>()
  for (const path of sourceFiles(folder)) {
    for (const [index, line] of readFileSync(path, 'utf8').split('\n').entries()) {
      if (/^\s*(?:\/\/|\*)/.test(line)) continue
      for (const { code, pattern } of others) {
        if (!pattern.test(line)) continue
        const known = places.get(code) ?? []
        places.set(code, [...known, `${relative(folder, path)}:${index + 1}`])
      }
    }
  }
  return others.flatMap(({ code, what, fix }) => {
    const found = places.get(code)
    if (found === undefined) return []
    const more = found.length > mostNamed ? ` and ${found.length - mostNamed} more` : ''
    const named = `${found.slice(0, mostNamed).join(', ')}${more}`
    return [note(code, `The source still logs by ${what}: ${named}.`, fix)]
  })
}
