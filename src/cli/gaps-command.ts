import { createGapFinder, type InstanceGaps } from '../testing/find-gaps.js'
import { CliError, exitCodes } from './cli-error.js'
import type { Command, Invocation } from './command.js'
import { lineSources } from './line-source.js'
import { readRecords, sayBroken } from './read-records.js'
import { safeJson } from './safe-json.js'

export const command: Command = {
  usage: ['[options] [FILE…]'],
  about: 'Looks for lines that are missing, by the numbers that the option sequence puts on them.',
  options: {
    json: { type: 'boolean', about: 'the result as JSON, on one line' },
  },
  notes: [
    'Each run of a process numbers its lines from 0. Lines may come in any order, and from several files. What is missing behind the last line, no number can tell.',
    'The status is 0 when no number is missing, 1 when one is, 2 when no line has a number.',
  ],
  examples: [['seclog gaps app.log app.log.1.gz', 'a log and the file before it']],
  async run({ io, options, positionals }: Invocation): Promise<number> {
    const finder = createGapFinder()
    const sources = await lineSources(positionals, io)
    const counts = await readRecords(sources, { signal: io.signal }, (record) => {
      finder.add(record)
      return undefined
    })
    const broken = sayBroken(counts)
    if (broken !== undefined) await io.err.write(`${broken}\n`)
    const instances = finder.instances()
    if (instances.length === 0) {
      throw new CliError('No line has a number: create the logger with the option sequence.')
    }
    if (options['json'] === true) {
      await io.out.write(`${safeJson({ instances, unnumbered: finder.unnumbered })}\n`)
    } else {
      for (const each of instances) await io.out.write(`${sentence(each)}\n`)
      if (finder.unnumbered > 0) await io.out.write(`${finder.unnumbered} lines have no number.\n`)
    }
    return instances.some(({ missing }) => missing.length > 0) ? 1 : exitCodes.ok
  },
}

const mostRanges = 20

function sentence({ instance, lines, last, missing, repeated }: InstanceGaps): string {
  const again = repeated > 0 ? `, ${repeated} of them more than once` : ''
  const head = `${instance.replace(/[^\w-]/g, '?').slice(0, 64)}: ${lines} lines through number ${last}${again}`
  if (missing.length === 0) return `${head}; none is missing.`
  const count = missing.reduce((sum, [from, to]) => sum + to - from + 1, 0)
  const ranges = missing
    .slice(0, mostRanges)
    .map(([from, to]) => (from === to ? String(from) : `${from} to ${to}`))
  const more = missing.length > mostRanges ? `, and ${missing.length - mostRanges} more gaps` : ''
  return `${head}; ${count} missing: ${ranges.join(', ')}${more}.`
}
