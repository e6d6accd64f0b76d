import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { readEnvironment } from '../config/environment.js'
import type { Project } from './doctor-project.js'
import type { ProbeMessage, ProbeTask } from './probe-types.js'

/** How long the application's logger may take to load, in milliseconds. */
const patience = 20_000

/** Where nothing listens: whatever the application starts for tracing sends nothing anywhere. */
const nowhere = 'http://127.0.0.1:9'

/** Runs the probe in a process that is started as the application is: with its flags, environment and folder. */
export async function runProbe(project: Project, task: ProbeTask): Promise<ProbeMessage> {
  const script = fileURLToPath(new URL('./logger-probe.js', import.meta.url))
  const child = fork(script, [JSON.stringify(task)], {
    cwd: project.folder,
    execArgv: [...project.startFlags],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...readEnvironment(),
      OTEL_EXPORTER_OTLP_ENDPOINT: nowhere,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${nowhere}/v1/traces`,
    },
  })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4_000)
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), patience)
  const message = new Promise<ProbeMessage>((resolve) => {
    child.once('message', (sent) => resolve(sent as ProbeMessage))
  })
  const ended = once(child, 'close').then(([code, signal]): ProbeMessage => {
    const why =
      signal === 'SIGKILL' ? `not done within ${patience / 1_000} s` : `ended with status ${code}`
    const last = said.trim().split('\n').at(-1) ?? ''
    return { failure: last === '' ? why : `${why}: ${last}` }
  })
  try {
    return await Promise.race([message, ended])
  } finally {
    clearTimeout(timer)
    child.kill()
  }
}
