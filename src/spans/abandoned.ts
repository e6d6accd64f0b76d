import type { BaseSpan } from './base-span.js'

/** Work that is done only when somebody asks for it. Must not lead to the object that it is about. */
export interface Watch {
  readonly span: BaseSpan
  /** Whether any of the work was asked for. */
  started: boolean
}

const registry = new FinalizationRegistry<Watch>(abandon)

/** Ends the span when `target` is collected before its work is done. */
export function watchFor(target: WeakKey, watch: Watch): void {
  registry.register(target, watch, watch)
}

/** The work is done: there is nothing to watch for any more. */
export function stopWatching(watch: Watch): void {
  registry.unregister(watch)
}

/** Ends the span with the statement that nobody asked for its work, or for the rest of it. */
export function abandon({ span, started }: Watch): void {
  span.endAs(started ? 'abandoned' : 'never_started')
}
