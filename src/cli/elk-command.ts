import { type ElkAsset, elkAssets } from '../elk/assets.js'
import type { Flavour } from '../elk/flavour.js'
import { type AssetState, checkAsset, flavourOf, putAsset } from '../elk/install.js'
import { SeclogError } from '../errors.js'
import { printable } from '../testing/printable.js'
import { CliError, exitCodes } from './cli-error.js'
import { type Command, type Invocation, type OptionValues, textOption } from './command.js'
import { elkClient } from './elk-client.js'
import { safeJson } from './safe-json.js'

const actions = ['setup', 'check', 'print'] as const
/** More differences of one asset than that say nothing more. */
const mostShown = 10

export const command: Command = {
  usage: ['setup [options]', 'check [options]', 'print [options]'],
  about:
    'Prepares Elasticsearch or OpenSearch for lines in ECS: mapping, settings, ingest pipeline and template of the data stream.',
  options: {
    url: { type: 'string', value: 'URL', about: 'of the server (ELASTICSEARCH_URL)' },
    dataset: {
      type: 'string',
      value: 'NAME',
      about: 'the middle part of the data stream: generic, if it is not said',
    },
    namespace: {
      type: 'string',
      value: 'NAME',
      about: 'the last part: all of them, if it is not said',
    },
    retention: {
      type: 'string',
      value: 'TIME',
      about: 'how long lines stay, such as 90d; Elasticsearch only',
    },
    opensearch: { type: 'boolean', about: 'for print: as OpenSearch takes it' },
    ca: { type: 'string', value: 'FILE', about: 'certificates of the authorities to trust, PEM' },
    'allow-http': { type: 'boolean', about: 'allow plain http to another machine' },
    json: { type: 'boolean', about: 'the result as JSON, on one line' },
  },
  notes: [
    'setup puts what is missing or differs, and may be run again; check says what differs; print writes the requests, to be sent by other means.',
    'Credentials come from ELASTICSEARCH_API_KEY, or ELASTICSEARCH_USERNAME and ELASTICSEARCH_PASSWORD.',
    'The status is 0 when all is as it should be, 1 when check has found a difference, 2 when it could not be done.',
  ],
  examples: [
    [
      'seclog elk setup --url https://elastic.example:9200 --dataset scan_api',
      'before the first line',
    ],
    ['seclog elk check --dataset scan_api', 'with ELASTICSEARCH_URL set'],
  ],
  async run({ io, options, positionals }: Invocation): Promise<number> {
    const action = actions.find((name) => name === positionals[0])
    if (action === undefined || positionals.length > 1) {
      throw new CliError(`Say what to do: seclog elk ${actions.join('|')}`)
    }
    if (action === 'print') {
      const assets = assetsFor(
        options,
        options['opensearch'] === true ? 'opensearch' : 'elasticsearch',
      )
      await io.out.write(`${JSON.stringify(assets, null, 2)}\n`)
      return exitCodes.ok
    }
    const { ask, url } = elkClient({
      url: textOption(options, 'url'),
      ca: textOption(options, 'ca'),
      allowHttp: options['allow-http'] === true,
    })
    try {
      const { flavour, version } = await flavourOf(ask)
      if (flavour === 'opensearch' && textOption(options, 'retention') !== undefined) {
        throw new CliError(
          'OpenSearch has no lifecycle of data streams: set the retention by its Index State Management.',
        )
      }
      const states: AssetState[] = []
      for (const asset of assetsFor(options, flavour)) {
        states.push(await (action === 'setup' ? putAsset(ask, asset) : checkAsset(ask, asset)))
      }
      const isDone = action === 'setup' || states.every(({ state }) => state === 'same')
      if (options['json'] === true) {
        await io.out.write(
          `${safeJson({ ok: isDone, server: flavour, version, assets: states.map(plain) })}\n`,
        )
      } else await io.out.write(`${states.flatMap((state) => told(state, action)).join('\n')}\n`)
      return isDone ? exitCodes.ok : exitCodes.found
    } catch (error) {
      if (error instanceof CliError || error instanceof SeclogError) throw error
      throw new CliError(`${url.origin} could not be asked: ${printable(reasonOf(error))}.`)
    }
  },
}

function assetsFor(options: OptionValues, flavour: Flavour): readonly ElkAsset[] {
  const dataset = textOption(options, 'dataset')
  const namespace = textOption(options, 'namespace')
  const retention = textOption(options, 'retention')
  try {
    return elkAssets({
      flavour,
      ...(dataset !== undefined && { dataset }),
      ...(namespace !== undefined && { namespace }),
      ...(retention !== undefined && { retention }),
    })
  } catch (error) {
    throw new CliError(reasonOf(error))
  }
}

function plain({ asset, state, differences }: AssetState): object {
  return { path: asset.path, state, differences }
}

function told({ asset, state, differences }: AssetState, action: 'setup' | 'check'): string[] {
  const word = state === 'same' ? 'as it should be' : action === 'setup' ? 'put' : state
  const shown = action === 'check' ? differences.slice(0, mostShown) : []
  const more = action === 'check' ? differences.length - shown.length : 0
  return [
    `${asset.path}: ${word} (${asset.what})`,
    ...shown.map(({ path, expected, found }) =>
      printable(
        `  ${path} is ${JSON.stringify(found) ?? 'missing'}, not ${JSON.stringify(expected)}`,
      ),
    ),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ]
}

function reasonOf(error: unknown): string {
  const last = error instanceof AggregateError ? error.errors.at(-1) : error
  return last instanceof Error ? last.message.replace(/\.$/, '') : String(last)
}
