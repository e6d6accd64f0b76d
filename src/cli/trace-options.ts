import { type OptionSpecs, type OptionValues, textOption, textOptions } from './command.js'
import { readChoice, readCount, readMoment } from './option-values.js'

/** What `seclog trace` was asked for. */
export interface TraceOptions {
  readonly services: readonly string[]
  /** Epoch milliseconds; `-Infinity` for all. */
  readonly since: number
  readonly errors: boolean
  readonly slowest: boolean
  readonly limit: number
  readonly json: boolean
  /** File for a page. */
  readonly html: string | undefined
  readonly lines: 'none' | 'notable' | 'all'
  readonly width: number | undefined
}

export const traceOptionSpecs: OptionSpecs = {
  service: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    about: 'only what this service took part in; may be given more than once',
  },
  since: {
    type: 'string',
    value: 'WHEN',
    about: 'only what was written since: 15m, 2h, 1d, or a date as ISO 8601 has it',
  },
  errors: { type: 'boolean', about: 'only what failed' },
  slowest: {
    type: 'boolean',
    about: 'slowest first: traces in a list, or the spans of a trace by their own time',
  },
  limit: { type: 'string', value: 'N', about: 'how many to list (20)' },
  lines: {
    type: 'string',
    value: 'WHICH',
    choices: ['none', 'notable', 'all'],
    about:
      'log lines under their spans: none, notable (the default: warn and above, security events), all',
  },
  width: { type: 'string', value: 'N', about: 'columns to fill (those of the terminal, or 110)' },
  json: { type: 'boolean', about: 'JSON for programs: a trace on one line' },
  html: {
    type: 'string',
    value: 'FILE',
    about: 'write a page for a browser that holds all it needs; - is standard output',
  },
}

/** @throws CliError */
export function readTraceOptions(options: OptionValues, now: number): TraceOptions {
  const since = textOption(options, 'since')
  const width = textOption(options, 'width')
  return {
    services: textOptions(options, 'service'),
    since: since === undefined ? Number.NEGATIVE_INFINITY : readMoment('since', since, now),
    errors: options['errors'] === true,
    slowest: options['slowest'] === true,
    limit: readCount('limit', textOption(options, 'limit'), { fallback: 20, max: 10_000 }),
    json: options['json'] === true,
    html: textOption(options, 'html'),
    lines: readChoice(
      'lines',
      textOption(options, 'lines'),
      ['none', 'notable', 'all'] as const,
      'notable',
    ),
    width:
      width === undefined
        ? undefined
        : readCount('width', width, { fallback: 110, min: 60, max: 1_000 }),
  }
}
