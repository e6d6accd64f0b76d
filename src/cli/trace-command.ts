import { existsSync } from 'node:fs'
import type { Command, Invocation } from './command.js'
import { lineSources } from './line-source.js'
import { listTraces } from './list-traces.js'
import { showTrace } from './show-trace.js'
import { looksLikeTraceId, readTraceId } from './trace-id.js'
import { readTraceOptions, traceOptionSpecs } from './trace-options.js'

export const command: Command = {
  usage: ['[options] [FILE…]', '[options] ID [FILE…]'],
  about: 'Shows traces as the log lines of any number of services tell them.',
  options: traceOptionSpecs,
  notes: [
    'Without an id it lists the traces that there are. ID is a trace id, its first four digits or more, or a traceparent header. A FILE holds one JSON object per line, of the formats json, ecs and pino, plain or gzip; without any, standard input is read, which is also what - stands for. Lines of containers (docker compose logs, json-file, CRI) are unwrapped.',
    'The status is 1 when there is nothing to show, 2 when something could not be read or was not understood.',
  ],
  examples: [
    ['seclog trace logs/*.jsonl', 'the newest traces'],
    ['seclog trace 4bf92f35 gateway.jsonl scanner.jsonl.gz', 'one trace of two services'],
    ['docker compose logs | seclog trace --errors --since 1h', 'what failed in the last hour'],
  ],
  async run({ io, options, positionals }: Invocation): Promise<number> {
    const asked = readTraceOptions(options, Date.now())
    const [first, ...others] = positionals
    if (first !== undefined && looksLikeTraceId(first) && !existsSync(first))
      return showTrace(readTraceId(first), await lineSources(others, io), asked, io)
    return listTraces(await lineSources(positionals, io), asked, io)
  },
}
