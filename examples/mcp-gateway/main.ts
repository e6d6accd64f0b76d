import { fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { formatTraceTree, parseLogLines, traceTree } from 'seclog/testing'

/** Calls tools through the gateway, and shows what the lines of the gateway and of the server process tell of it. */
async function main(): Promise<void> {
  const options = { logs: { type: 'string', default: '.demo' } } as const
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  mkdirSync(values.logs, { recursive: true })
  const files = ['gateway.jsonl', 'scanner.jsonl'].map((name) => join(values.logs, name))
  const paths = positionals.length > 0 ? positionals : ['package-lock.json', '../secrets.json']
  await callThrough(files as [string, string], paths)
  const lines = files.flatMap((file) => parseLogLines(readFileSync(file, 'utf8')).records)
  const trees = traceTree(lines).filter(({ roots }) => roots[0]?.kind === 'server')
  for (const tree of trees) console.log(`${formatTraceTree(tree, { lines: 'all' })}\n`)
  console.log(`The log lines are in ${files.join(' and ')}.`)
}

async function callThrough(
  [gatewayFile, scannerFile]: readonly [string, string],
  paths: readonly string[],
): Promise<void> {
  const [stdout, stderr] = [openSync(gatewayFile, 'w'), openSync(scannerFile, 'w')]
  const scanner = fileURLToPath(new URL('./scanner.js', import.meta.url))
  const gateway = fork(new URL('./gateway.js', import.meta.url), [scanner, '4'], {
    stdio: ['ignore', stdout, 'inherit', 'ipc', stderr],
  })
  closeSync(stdout)
  closeSync(stderr)
  const ended = once(gateway, 'exit')
  const [{ port }] = (await once(gateway, 'message')) as [{ port: number }]
  // All at once: they share one session to one server process.
  await Promise.all(paths.map((path) => call(port, path)))
  gateway.disconnect()
  await ended
}

async function call(port: number, path: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/tools/scan_lockfile`, {
    method: 'POST',
    body: JSON.stringify({ path }),
  })
  const { text, error } = (await response.json()) as { text?: string; error?: string }
  console.log(`${path}: ${response.status} ${text?.split('\n')[0] ?? error}`)
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
