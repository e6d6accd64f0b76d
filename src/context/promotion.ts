import { sharedState } from './shared.js'

/** Why a trace is kept. */
export type PromotionReason = 'error' | 'event' | 'slow' | 'asked'

/** Holds something back of traces, until they are promoted or over. */
export interface TraceKeeper {
  /** The trace is worth keeping: what is held of it goes out. */
  promote(traceId: string, reason: PromotionReason): void
  /** The trace's root in this process has ended: what is held of it may go. */
  end(traceId: string): void
}

const keepers = sharedState('promotion.1', () => new Set<TraceKeeper>())

/** @returns What takes the keeper out again. */
export function addTraceKeeper(keeper: TraceKeeper): () => void {
  keepers.add(keeper)
  return () => {
    keepers.delete(keeper)
  }
}

/** Whether anybody holds anything back: where nobody does, nobody need be told. */
export function holdsTraces(): boolean {
  return keepers.size > 0
}

/** Tells that a trace is worth keeping, once or often. Never throws. */
export function promoteTrace(traceId: string, reason: PromotionReason): void {
  for (const keeper of keepers) {
    try {
      keeper.promote(traceId, reason)
    } catch {
      // A keeper contains its own faults; one that does not must not cost the caller.
    }
  }
}

/** Tells that the root of a trace has ended in this process. Never throws. */
export function endTrace(traceId: string): void {
  for (const keeper of keepers) {
    try {
      keeper.end(traceId)
    } catch {
      // As above.
    }
  }
}
