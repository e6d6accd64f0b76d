import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import type { ExecutionContext } from 'ava'

export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Options of Node. */
  readonly node?: readonly string[]
}

export const bin: string = resolve('build/src/cli/bin.js')

/** The environment of this process without what would change the command's work. */
export function quietEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(?:OTEL_|LOG_|ELASTICSEARCH_|NODE_OPTIONS$|NO_COLOR$|FORCE_COLOR$)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
}

/** Runs the command in a process of its own, with pipes for its streams. */
export async function runSeclog(
  args: readonly string[],
  { input = '', env = {}, cwd, node = [] }: RunOptions = {},
): Promise<Run> {
  const child = spawn(process.execPath, [...node, bin, ...args], {
    env: { ...quietEnvironment(), ...env },
    ...(cwd !== undefined && { cwd }),
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  // A command that refuses its arguments does not read.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}

/** Makes lines of records. */
export function lines(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('')
}

/** Writes files to a folder that is removed after the test; gives their paths. */
export function files<Name extends string>(
  t: ExecutionContext,
  contents: Readonly<Record<Name, string | Uint8Array>>,
): Record<Name, string> & { readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'seclog-cli-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const paths = { folder } as Record<string, string>
  for (const [name, content] of Object.entries<string | Uint8Array>(contents)) {
    paths[name] = join(folder, name)
    writeFileSync(join(folder, name), content)
  }
  return paths as Record<Name, string> & { readonly folder: string }
}
