// What is lost when a process dies: `npm run test:exits -- [lines]`.
//
// Each logger writes so many lines in one turn to each destination, then its process ends in each way; what is missing behind it is
// counted and printed as a table. Ends with code 1 when seclog has lost a line that it says it does not lose.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

const lines = Number(process.argv[2] ?? 20_000)
const project = new URL('../', import.meta.url)
const dist = new URL('dist/index.js', project).href
const bench = new URL('bench/package.json', project).href

const endings = {
  'the end': '',
  'process.exit()': 'process.exit()',
  'an exception': "setTimeout(() => { throw new Error('thrown') })",
  'a thread ends': '',
  'a rejection': "Promise.reject(new Error('rejected'))",
  SIGTERM: 'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 60_000)',
  SIGINT: 'process.kill(process.pid, "SIGINT"); setTimeout(() => {}, 60_000)',
  SIGHUP: 'process.kill(process.pid, "SIGHUP"); setTimeout(() => {}, 60_000)',
  SIGKILL: 'process.kill(process.pid, "SIGKILL"); setTimeout(() => {}, 60_000)',
}

const seclog = (options, handlers) => `
  import { createSecurityLogger, installProcessHandlers } from ${JSON.stringify(dist)}
  const log = createSecurityLogger(${options})
  ${handlers ? 'installProcessHandlers(log)' : ''}`
const fromBench = (code) => `
  import { createRequire } from 'node:module'
  const require = createRequire(${JSON.stringify(bench)})
  ${code}`
const toFile = (file) => `
  import { createSecurityLogger, fileDestination } from ${JSON.stringify(dist)}
  const log = createSecurityLogger({}, fileDestination({ path: ${JSON.stringify(file)}, rotate: { size: 500_000 }, reopenOnSighup: false }))`
const toSpool = (file) => `
  import { createSecurityLogger } from ${JSON.stringify(dist)}
  import { elasticsearchDestination } from ${JSON.stringify(new URL('dist/transports/index.js', project).href)}
  const log = createSecurityLogger({ format: 'ecs' }, elasticsearchDestination({ url: 'http://127.0.0.1:9', spool: ${JSON.stringify(file)} }))`
const worker = (file) =>
  `{ transport: { target: 'pino/file', options: { destination: ${JSON.stringify(file)} } } }`

/** By destination: what makes the logger, and where its lines go. `keeps`: the endings after which none may be missing. */
const all = Object.keys(endings)
const untilKilled = all.filter((ending) => ending !== 'SIGKILL')
const cells = [
  {
    name: 'seclog',
    to: 'stdout, a pipe',
    make: () => seclog('{}', false),
    keeps: untilKilled.filter((ending) => !ending.startsWith('SIG')),
  },
  {
    name: 'seclog with handlers',
    to: 'stdout, a pipe',
    make: () => seclog('{}', true),
    keeps: untilKilled,
  },
  {
    name: "seclog, whenFull: 'block'",
    to: 'stdout, a pipe',
    make: () => seclog("{ output: { whenFull: 'block' } }", false),
    keeps: all,
  },
  { name: 'seclog', to: 'stdout, a file', make: () => seclog('{}', false), keeps: all },
  { name: 'seclog', to: 'fileDestination', make: toFile, keeps: all },
  { name: 'seclog', to: 'elasticsearchDestination', make: toSpool, keeps: all },
  {
    name: 'seclog with handlers',
    to: 'a worker',
    make: (file) => seclog(worker(file), true),
    keeps: untilKilled,
  },
  {
    name: 'seclog',
    to: 'a worker',
    make: (file) => seclog(worker(file), false),
    keeps: ['the end'],
  },
  ...['stdout, a pipe', 'stdout, a file'].map((to) => ({
    name: 'pino',
    to,
    make: () =>
      `import pino from ${JSON.stringify(import.meta.resolve('pino'))}; const log = pino()`,
  })),
  {
    name: 'pino',
    to: 'a worker',
    make: (file) =>
      `import pino from ${JSON.stringify(import.meta.resolve('pino'))}; const log = pino(${worker(file)})`,
  },
  ...['stdout, a pipe', 'stdout, a file'].map((to) => ({
    name: 'winston',
    to,
    make: () =>
      fromBench(`const winston = require('winston')
        const log = winston.createLogger({ transports: [new winston.transports.Console()] })`),
  })),
]

async function missing(cell, ending) {
  const folder = mkdtempSync(join(tmpdir(), 'seclog-exits-'))
  const file = join(folder, 'out.log')
  try {
    const program = `${cell.make(file)}
      for (let index = 0; index < ${lines}; index++) log.info({ index }, 'a line of some length, as they are')
      ${endings[ending]}`
    const piped = cell.to === 'stdout, a pipe'
    const stdout = piped ? 'pipe' : cell.to === 'stdout, a file' ? openSync(file, 'w') : 'ignore'
    const main = join(folder, 'main.mjs')
    writeFileSync(join(folder, 'program.mjs'), program)
    writeFileSync(
      main,
      ending === 'a thread ends'
        ? `import { Worker } from 'node:worker_threads'; new Worker(new URL('program.mjs', import.meta.url))`
        : program,
    )
    const child = spawn(process.execPath, ['--no-warnings', main], {
      stdio: ['ignore', stdout, 'ignore'],
      cwd: project,
    })
    const chunks = []
    child.stdout?.on('data', (chunk) => chunks.push(chunk))
    const late = setTimeout(() => child.kill('SIGKILL'), 60_000)
    await once(child, 'close')
    clearTimeout(late)
    const text = piped ? Buffer.concat(chunks).toString() : textsIn(folder)
    return lines - new Set(text.match(/"index":"?\d+/g)).size
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Of all files: one that was rotated, or a spool, has several. */
function textsIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.mjs'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('')
}

console.log(
  `Lines missing of ${lines.toLocaleString('en')}, Node ${process.versions.node}, ${process.platform}\n`,
)
console.log(`| logger | destination | ${all.join(' | ')} |`)
console.log(`|---|---|${all.map(() => '---').join('|')}|`)
let broken = 0
for (const cell of cells) {
  const row = []
  for (const ending of all) {
    const count = await missing(cell, ending)
    const promised = cell.keeps?.includes(ending) === true
    if (promised && count > 0) broken++
    row.push(`${count.toLocaleString('en')}${promised && count > 0 ? ' (!)' : ''}`)
  }
  console.log(`| ${cell.name} | ${cell.to} | ${row.join(' | ')} |`)
}
process.exitCode = broken > 0 ? 1 : 0
