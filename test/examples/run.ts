import { execFile } from 'node:child_process'

export interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a built example as a user would, without this process's own settings of logging and tracing. */
export function runExample(
  script: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Run> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [`build/examples/${script}`, ...args],
      { env: { ...quietEnvironment(), ...env }, timeout: 50_000 },
      (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0
        resolve({ code, stdout, stderr })
      },
    )
  })
}

function quietEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(?:OTEL_|LOG_|NODE_OPTIONS$)/
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
  // The examples use the package as it is built, which is not what is covered here.
  return { ...env, NODE_V8_COVERAGE: '' }
}
