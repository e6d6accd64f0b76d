import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import process from 'node:process'
import type { ExecutionContext } from 'ava'
import type { LiveState } from '../../src/cli/page-data.js'
import type { TraceData } from '../../src/cli/trace-data.js'
import { bin, quietEnvironment } from './run-seclog.js'

export interface View {
  readonly base: string
  readonly child: ChildProcessWithoutNullStreams
  stderr(): string
  state(): Promise<LiveState>
  trace(id: string): Promise<TraceData>
  /** Resolves with the state as soon as it is as wanted, asking after each change. */
  until(wanted: (state: LiveState) => boolean): Promise<LiveState>
  post(body: string | Uint8Array<ArrayBuffer>, headers?: Record<string, string>): Promise<Response>
  /** Ends it by a signal; gives its status. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts `seclog view` on a free port; it is ended after the test. */
export async function startView(
  t: ExecutionContext,
  args: readonly string[] = [],
  input?: string,
): Promise<View> {
  const child = spawn(process.execPath, [bin, 'view', '--port', '0', ...args], {
    env: quietEnvironment(),
  })
  const closed = once(child, 'close') as Promise<[number | null]>
  t.teardown(() => {
    child.kill('SIGKILL')
    return closed
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdin.on('error', () => {})
  if (input !== undefined) child.stdin.write(input)
  const [line] = await Promise.race([
    once(child.stdout, 'data'),
    closed.then(() => Promise.reject(new Error(stderr))),
  ])
  const base = String(line).trim().replace(/\/$/, '')

  async function json<T>(path: string): Promise<T> {
    return (await (await fetch(base + path)).json()) as T
  }

  const state = (): Promise<LiveState> => json('/api/traces')
  return {
    base,
    child,
    stderr: () => stderr,
    state,
    trace: (id) => json(`/api/traces/${id}`),
    until: (wanted) =>
      new Promise((resolve, reject) => {
        const request = get(`${base}/api/events`, (response) => {
          const check = async (): Promise<void> => {
            const now = await state()
            if (!wanted(now)) return
            request.destroy()
            resolve(now)
          }
          response.on('data', () => check().catch(reject))
        })
        request.on('error', reject)
      }),
    post: (body, headers = {}) =>
      fetch(`${base}/v1/traces`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers },
      }),
    async end(signal = 'SIGTERM') {
      child.kill(signal)
      const [code] = await closed
      return code
    },
  }
}
