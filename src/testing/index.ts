export { type CorrelatedOptions, expectCorrelated } from './expect-correlated.js'
export { expectNoLeak, type Secrets } from './expect-no-leak.js'
export { type FakeClock, type FakeClockOptions, fakeClock } from './fake-clock.js'
export {
  type CollectedRequest,
  type CollectorBehaviour,
  type FakeCollector,
  fakeCollector,
} from './fake-collector.js'
export { type FakeIds, fakeIds } from './fake-ids.js'
export { createGapFinder, type GapFinder, type InstanceGaps } from './find-gaps.js'
export { type FormatTraceTreeOptions, formatTraceTree } from './format-trace-tree.js'
export { type LogRecord, type ParsedLines, parseLogLines } from './log-lines.js'
export { type MemoryDestination, memoryDestination } from './memory-destination.js'
export { traceTree } from './trace-tree.js'
export type {
  TraceError,
  TraceLine,
  TraceNode,
  TraceProblem,
  TraceStatus,
  TraceTree,
} from './trace-types.js'
