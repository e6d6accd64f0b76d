import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { formatTraceTree, parseLogLines, type TraceLine, traceTree } from 'seclog/testing'

/** Starts both services, waits for the gateway to be done, and shows what their log lines tell. */
async function main(): Promise<void> {
  const { lockfile, logs } = readArguments()
  mkdirSync(logs, { recursive: true })
  const files = { scanner: join(logs, 'scanner.jsonl'), gateway: join(logs, 'gateway.jsonl') }
  const scanner = start('scanner', [], files.scanner)
  const port = await portOf(scanner)
  const gateway = start('gateway', [`http://127.0.0.1:${port}`, lockfile], files.gateway)
  const [code] = await once(gateway, 'exit')
  scanner.disconnect()
  await once(scanner, 'exit')
  process.exitCode = code ?? 1
  report([files.gateway, files.scanner])
}

function readArguments(): { lockfile: string; logs: string } {
  const options = { logs: { type: 'string', default: '.demo' } } as const
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  return { lockfile: positionals[0] ?? 'package-lock.json', logs: values.logs }
}

/** A service as its own process: stdout goes into the file, stderr to the terminal. */
function start(name: string, args: readonly string[], file: string): ChildProcess {
  const stdout = openSync(file, 'w')
  try {
    return fork(new URL(`./${name}.js`, import.meta.url), args, {
      stdio: ['ignore', stdout, 'inherit', 'ipc'],
    })
  } finally {
    closeSync(stdout)
  }
}

async function portOf(scanner: ChildProcess): Promise<number> {
  const ended = once(scanner, 'exit').then(([code]) => {
    throw new Error(`The scanner ended with code ${code} before it listened.`)
  })
  const [message] = await Promise.race([once(scanner, 'message'), ended])
  return (message as { port: number }).port
}

/** Everything here comes from the log files: nothing else is known of what the services did. */
function report(files: readonly string[]): void {
  const parsed = files.map((file) => parseLogLines(readFileSync(file, 'utf8')))
  const trees = traceTree(parsed.flatMap(({ records }) => records))
  for (const tree of trees) console.log(`${formatTraceTree(tree, { lines: 'all' })}\n`)
  const lines = trees.flatMap((tree) => tree.roots.flatMap((root) => root.lines))
  const verdict = lines.find((line) => line.message === 'verdict')
  if (verdict !== undefined) console.log(`${sentence(verdict)}\n`)
  console.log(`The log lines are in ${files.join(' and ')}.`)
  const broken = parsed.reduce((sum, file) => sum + file.broken.length, 0)
  if (broken > 0) console.log(`${broken} of them are not JSON, and left out here.`)
}

function sentence({ fields: { verdict, reasons } }: TraceLine): string {
  const said = Array.isArray(reasons) && reasons.length > 0 ? reasons.join(', ') : 'no findings'
  return `Verdict: ${verdict} (${said}).`
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = isUsageError(error) ? 2 : 1
})

function isUsageError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS_')
}
