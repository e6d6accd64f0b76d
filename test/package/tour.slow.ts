import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import test from 'ava'
import { type Consumer, createConsumer, packTarball } from './consumer.js'
import { type CodeBlock, codeBlocksOf } from './markdown.js'

/** The page, done as it is written: files are written, commands run, and what they print is held against the page. */
const blocks = codeBlocksOf(readFileSync('docs/tour.md', 'utf8'))

let tarball: string
let project: Consumer

test.before(async () => {
  tarball = packTarball()
  project = createConsumer()
  await rm(join(project.directory, 'package.json'))
})

test.after.always(async () => {
  project?.remove()
  if (tarball !== undefined) await rm(dirname(tarball), { recursive: true })
})

/** What differs from run to run: ids, times, numbers of processes, the length of bars. */
function settled(line: string): string {
  return line
    .replace(/\b[0-9a-f]{8,32}\b/g, 'ID')
    .replace(/"hostname":"[^"]*"/g, '"hostname":""')
    .replace(/\d[\d:.TZ-]*/g, 'N')
    .replace(/[█▒]+/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}

function command({ code }: CodeBlock): string {
  return code
    .replaceAll('npm install seclog', `npm install ${tarball}`)
    .replace(/^npm (install|init)/gm, 'npm --no-audit --no-fund --prefer-offline $1')
}

test('the first hour goes as the page says', (t) => {
  let printed = ''
  for (const { words, language, code, line } of blocks) {
    const file = words.find((word) => /^[\w.-]+\.js$/.test(word))
    if (file !== undefined) project.write(file, code)
    else if (language === 'sh' && words.includes('run')) {
      const run = project.shell(command({ words, language, code, line }))
      printed = run.stdout + run.stderr
      t.is(run.status === 0, !words.includes('fails'), `docs/tour.md:${line}: ${printed}`)
    } else if (words.includes('output')) {
      const lines = printed.split('\n').map(settled)
      for (const wanted of code.split('\n').map(settled)) {
        if (wanted === '' || wanted === '…') continue
        t.true(lines.includes(wanted), `docs/tour.md:${line}: ${wanted}\n${printed}`)
      }
    }
  }
  t.regex(printed, /pass 1/)
})
