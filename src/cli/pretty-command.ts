import { requireOptional } from '#require'
import { createPrettyText, isPinoPretty } from '../formats/pretty.js'
import { neutralise } from '../formats/visible.js'
import type { LogRecord } from '../testing/log-lines.js'
import { asJsonRecord } from './as-json-record.js'
import { CliError, exitCodes } from './cli-error.js'
import {
  type Command,
  type Invocation,
  type OptionValues,
  textOption,
  textOptions,
} from './command.js'
import { lineSources } from './line-source.js'
import { mergeLines, type ReadLine } from './merge-lines.js'
import { readChoice } from './option-values.js'
import { safeJson } from './safe-json.js'
import { traceIdOf } from './trace-id.js'

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

export const command: Command = {
  usage: ['[options] [FILE…]'],
  about: 'Shows log lines as text for people, as LOG_FORMAT=pretty writes them.',
  options: {
    level: {
      type: 'string',
      value: 'LEVEL',
      choices: levels,
      about: 'only lines of this level and above',
    },
    service: {
      type: 'string',
      multiple: true,
      value: 'NAME',
      about: 'only lines of this service; may be given more than once',
    },
    trace: {
      type: 'string',
      value: 'ID',
      about: 'only lines of this trace; the first digits of its id will do',
    },
  },
  notes: [
    'Lines of several files are put in the order of their times. What is no JSON is shown as it is, but for what could drive a terminal. It needs the package pino-pretty: npm install --save-dev pino-pretty.',
  ],
  examples: [
    ['node app.js | seclog pretty', 'a service while it runs'],
    [
      'seclog pretty --level warn gateway.jsonl scanner.jsonl.gz',
      'what went wrong in two services',
    ],
  ],
  async run({ io, options, positionals }: Invocation): Promise<number> {
    const wanted = readFilter(options)
    const pretty = createPrettyText(loadPinoPretty(), { colorize: io.out.colours })
    for await (const batch of mergeLines(await lineSources(positionals, io))) {
      if (io.signal.aborted) break
      await io.out.write(
        batch
          .filter(wanted)
          .map((line) => textOf(line, pretty))
          .join(''),
      )
    }
    return exitCodes.ok
  },
}

function textOf({ line, record }: ReadLine, pretty: (line: string) => string): string {
  if (record === undefined) return `${neutralise(line)}\n`
  return pretty(`${safeJson(asJsonRecord(record))}\n`)
}

/** @throws CliError */
function readFilter(options: OptionValues): (line: ReadLine) => boolean {
  const level = readChoice('level', textOption(options, 'level'), levels, 'trace')
  const least = levels.indexOf(level)
  const services = textOptions(options, 'service')
  const trace = textOption(options, 'trace')?.toLowerCase()
  if (least === 0 && services.length === 0 && trace === undefined) return () => true
  return ({ record }) =>
    record !== undefined &&
    rankOf(record) >= least &&
    (services.length === 0 ||
      services.includes(String(record['service'] ?? record['service.name']))) &&
    (trace === undefined || traceIdOf(record)?.startsWith(trace) === true)
}

/** Place of a level among pino's; a level of the application's own counts as the one below it, or as `info`. */
function rankOf(record: LogRecord): number {
  const level = record['level'] ?? record['log.level']
  if (typeof level === 'number') return Math.min(Math.max(Math.floor(level / 10) - 1, 0), 5)
  const rank = (levels as readonly unknown[]).indexOf(level)
  return rank === -1 ? levels.indexOf('info') : rank
}

/** @throws CliError when it is not installed. */
function loadPinoPretty(): Parameters<typeof createPrettyText>[0] {
  try {
    const module = requireOptional('pino-pretty')
    if (isPinoPretty(module)) return module
  } catch {}
  throw new CliError(
    'pino-pretty is not installed. Install it with: npm install --save-dev pino-pretty',
  )
}
