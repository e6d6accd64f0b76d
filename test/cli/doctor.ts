import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { ExecutionContext } from 'ava'
import type { Inventory } from '../../src/cli/doctor-inventory.js'
import type { Finding } from '../../src/cli/finding.js'
import { runSeclog } from './run-seclog.js'

export interface Diagnosis {
  readonly code: number | null
  readonly findings: readonly Finding[]
  readonly variables: Readonly<Record<string, string>>
  readonly resolved: { readonly tracing: { readonly otlp: { readonly url: string } } }
  readonly inventory: Inventory
  readonly output: string
  /** The codes of findings of a level. */
  codes(level: Finding['level']): string[]
  finding(code: string): Finding | undefined
}

/** Copies a project of `test/fixtures/doctor`, with the packages that it names linked to those that are installed here. */
export function project(t: ExecutionContext, name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'seclog-doctor-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(join('test/fixtures/doctor', name), folder, { recursive: true })
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  )
  for (const dependency of Object.keys(dependencies)) {
    const target = dependency === 'seclog' ? '.' : join('node_modules', dependency)
    const own = join(folder, 'vendor', dependency)
    link(dependency === 'tracer' ? own : resolve(target), join(folder, 'node_modules', dependency))
  }
  return folder
}

/** Makes a link to a folder, and the folders above it. */
export function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(target, path, 'dir')
}

export async function diagnose(
  folder: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Diagnosis> {
  const { code, stdout, stderr } = await runSeclog(['doctor', '--json', ...args, folder], { env })
  if (stdout === '') throw new Error(stderr)
  const told: Pick<Diagnosis, 'findings' | 'variables' | 'inventory' | 'resolved'> =
    JSON.parse(stdout)
  return {
    ...told,
    code,
    output: stdout + stderr,
    codes: (level) => told.findings.filter((one) => one.level === level).map((one) => one.code),
    finding: (wanted) => told.findings.find((one) => one.code === wanted),
  }
}
