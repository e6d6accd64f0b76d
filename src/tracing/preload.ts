import { createRequire, register } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { resolveTracing } from '../config/tracing.js'
import { autoName } from './instrumentations.js'
import { createLoad, type Load, scope } from './packages.js'
import { startTracingWith } from './start.js'
import type { Tracing } from './types.js'

/**
 * Starts tracing from the environment alone, with the instrumentations of `@opentelemetry/auto-instrumentations-node` if
 * they are installed; nothing is said if they are not.
 */
export async function startFromEnvironment(load: Load = createLoad()): Promise<Tracing> {
  if (!resolveTracing().disabled) registerHook()
  const none = { getNodeAutoInstrumentations: () => [] }
  return startTracingWith({ instrumentations: 'auto' }, async (name) => {
    return (await load(name)) ?? (name === autoName ? none : undefined)
  })
}

/** Without OpenTelemetry's loader hook, instrumentations reach no module that is loaded by `import`. */
function registerHook(): void {
  const auto = resolveFrom(join(process.cwd(), 'package.json'), autoName)
  const hook = auto && resolveFrom(auto, `${scope}instrumentation/hook.mjs`)
  if (hook !== undefined) register(pathToFileURL(hook))
}

function resolveFrom(file: string, name: string): string | undefined {
  try {
    return createRequire(file).resolve(name)
  } catch {
    return undefined
  }
}
