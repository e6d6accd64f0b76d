import { type Load, scope } from './packages.js'
import { errorText } from './sender.js'
import type { Instrumentation, TracingOptions } from './types.js'

/** OpenTelemetry's whole set; which of them run, `OTEL_NODE_{ENABLED,DISABLED}_INSTRUMENTATIONS` say. */
export const autoName: string = `${scope}auto-instrumentations-node`

interface AutoModule {
  getNodeAutoInstrumentations(): readonly Instrumentation[]
}

/** Those that a shutdown has switched off, though their own settings still say that they are on. */
const switchedOff = new WeakSet<Instrumentation>()

/** What the option stands for; `undefined` when the package of `'auto'` is not installed. */
export async function loadInstrumentations(
  load: Load,
  option: TracingOptions['instrumentations'] = [],
): Promise<readonly Instrumentation[] | undefined> {
  if (option !== 'auto') return option.flat()
  const module = await load(autoName)
  // A CommonJS package that an ESM loader did not see through has its names under `default`.
  const { getNodeAutoInstrumentations: make } = (module ?? {}) as Partial<AutoModule>
  return make?.()
}

/**
 * Gives instrumentations the provider and switches them on. One that throws is left out, and said.
 *
 * @returns how to switch them off again
 */
export function enableInstrumentations(
  all: readonly Instrumentation[],
  provider: object,
  warn: (message: string) => void,
): () => void {
  const contain = (one: Instrumentation, fn: () => void): boolean => {
    try {
      fn()
      return true
    } catch (error) {
      warn(`An instrumentation failed: ${nameOf(one)}: ${errorText(error)}`)
      return false
    }
  }
  const enabled = all.filter((one) =>
    contain(one, () => {
      one.setTracerProvider(provider as never)
      // They switch themselves on when they are made, unless their settings say otherwise.
      if (switchedOff.delete(one) || one.getConfig().enabled !== true) one.enable()
    }),
  )
  return () => {
    for (const one of enabled) {
      contain(one, () => {
        one.disable()
        switchedOff.add(one)
      })
    }
  }
}

/** What to install for `'auto'`. */
export const missingAuto: string = `No instrumentation is started: ${autoName} is not installed; npm install ${autoName}`

function nameOf(one: Instrumentation): string {
  return typeof one.instrumentationName === 'string' ? one.instrumentationName : 'without a name'
}
