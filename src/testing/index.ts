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
