import { isAbsolute, relative } from 'node:path'
import type { SecurityLogger } from 'seclog'
import { createRedactor } from 'seclog/redaction'

/** What goes through the hooks: arguments on the way in, the tool's text on the way out. */
export interface Payload {
  readonly tool: string
  readonly path: string
  readonly text?: string
}

/** Gives the payload back, changed or not; or a reason why it goes no further. */
export interface Plugin {
  readonly name: string
  run(payload: Payload): Payload | { readonly stop: string }
}

export type HookResult =
  | { readonly payload: Payload }
  | { readonly plugin: string; readonly stop: string }

const redactor = createRedactor()

const workspaceOnly: Plugin = {
  name: 'workspace only',
  run(payload) {
    const outside = isAbsolute(payload.path) || relative('.', payload.path).startsWith('..')
    return outside ? { stop: 'path_outside_workspace' } : payload
  },
}

const lockFilesOnly: Plugin = {
  name: 'lock files only',
  run: (payload) => (/-lock\.json$/.test(payload.path) ? payload : { stop: 'no_lock_file' }),
}

const hideSecrets: Plugin = {
  name: 'hide secrets',
  run(payload) {
    const text = redactor.text(payload.text ?? '')
    return text === payload.text ? payload : { ...payload, text }
  },
}

/** Which plugins a hook runs, in their order. */
export const hooks = {
  tool_pre_invoke: [workspaceOnly, lockFilesOnly],
  tool_post_invoke: [hideSecrets],
} as const satisfies Record<string, readonly Plugin[]>

/** Runs the plugins of a hook: a span for the chain, and one for each plugin, which says what it did. */
export function runHook(
  log: SecurityLogger,
  hook: keyof typeof hooks,
  payload: Payload,
): HookResult {
  const plugins: readonly Plugin[] = hooks[hook]
  return log.withPluginHookSpan({ hook, plugins: plugins.length }, () => {
    let current = payload
    for (const plugin of plugins) {
      const result = log.withPluginSpan({ name: plugin.name, hook }, (span) => {
        const answer = plugin.run(current)
        if ('stop' in answer) span.outcome({ outcome: 'stopped', reason: answer.stop })
        else if (answer !== current) span.outcome('modified')
        return answer
      })
      if ('stop' in result) return { plugin: plugin.name, stop: result.stop }
      current = result
    }
    return { payload: current }
  })
}
