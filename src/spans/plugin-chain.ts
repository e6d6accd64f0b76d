import { AsyncLocalStorage } from 'node:async_hooks'
import { sharedState } from '../context/shared.js'
import { type DomainSpan, type RunDomainSpan, readField, runDomainSpan } from './domain.js'
import type { PluginHookOutcome } from './domain-field-types.js'
import { textOf } from './values.js'

/** A chain of plugins that is being run. */
interface Chain {
  readonly span: DomainSpan<PluginHookOutcome>
  readonly modifiedBy: Set<string>
  stoppedBy: string | undefined
}

let storage: AsyncLocalStorage<Chain> | undefined

// Shared, so that plugins which load another copy of this library are of the same chain.
function chains(): AsyncLocalStorage<Chain> {
  storage ??= sharedState('plugin-chain.1', () => new AsyncLocalStorage<Chain>())
  return storage
}

/** Runs a chain: plugin spans inside tell it what they did, across whatever spans are between. */
export const runPluginHook: RunDomainSpan = (convention, fields, options, fn, recorder) =>
  runDomainSpan(
    convention,
    fields,
    options,
    (span) =>
      chains().run({ span, modifiedBy: new Set(), stoppedBy: undefined } as Chain, fn, span),
    recorder,
  )

/** Runs one plugin of the chain around it, if there is one. */
export const runPlugin: RunDomainSpan = (convention, fields, options, fn, recorder) => {
  const chain = chains().getStore()
  const tell =
    chain && ((outcome: object) => tellChain(chain, textOf(readField(fields, 'name')), outcome))
  return runDomainSpan(convention, fields, options, fn, recorder, tell)
}

function tellChain(chain: Chain, plugin: string, stated: object): void {
  const verdict = readField(stated, 'outcome')
  if (verdict === 'stopped') chain.stoppedBy ??= plugin
  else if (verdict === 'modified') chain.modifiedBy.add(plugin)
  else return
  const { span, stoppedBy, modifiedBy } = chain
  span.outcome({
    outcome: stoppedBy === undefined ? 'modified' : 'stopped',
    ...(stoppedBy !== undefined && { stoppedBy }),
    ...(modifiedBy.size > 0 && { modifiedBy: [...modifiedBy] }),
  })
}
