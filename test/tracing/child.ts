import { spawn } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The compiled sources. */
export const built = fileURLToPath(new URL('../../src', import.meta.url))

export interface ChildResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program that sees `startTracing` from the sources compiled under `root`; kills it when it does not end. */
export function runProgram(
  program: string,
  env: Record<string, string> = {},
  root: string = built,
): Promise<ChildResult> {
  const tracing = pathToFileURL(join(root, 'tracing/index.js')).href
  const source = `import { startTracing } from ${JSON.stringify(tracing)}\n${program}`
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      timeout: 20_000,
      cwd: root,
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** A copy of the compiled sources in a place where no package is installed. */
export async function copyWithoutPackages(): Promise<{
  root: string
  remove: () => Promise<void>
}> {
  const folder = await mkdtemp(join(tmpdir(), 'seclog-alone-'))
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  const root = join(folder, 'src')
  for (const part of ['config', 'context', 'redaction', 'tracing', 'diagnostics.js', 'errors.js']) {
    await cp(join(built, part), join(root, part), { recursive: true })
  }
  return { root, remove: () => rm(folder, { recursive: true, force: true }) }
}
