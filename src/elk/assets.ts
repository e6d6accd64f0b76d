import { SeclogError } from '../errors.js'
import { dataStreamName, dataStreamPrefix } from '../formats/data-stream.js'
import { ecsVersion } from '../formats/ecs-table.js'
import type { Flavour } from './flavour.js'
import { logMappings } from './mappings.js'

/** One thing that Elasticsearch has to have. */
export interface ElkAsset {
  /** What it is, for people. */
  readonly what: string
  /** Where it is put and read. */
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

export interface ElkAssetOptions {
  /** The middle part of the data stream's name. @defaultValue 'generic' */
  readonly dataset?: string
  /** The last part. @defaultValue every namespace */
  readonly namespace?: string
  /** How long lines stay, such as `90d`. @defaultValue for ever */
  readonly retention?: string
  /** @defaultValue 'elasticsearch' */
  readonly flavour?: Flavour
}

/** Over Elastic's own template for `logs-*-*`, which has 100. */
const priority = 250
/** More than ECS has, objects included; nothing but ECS makes fields. */
const fieldLimit = { 'index.mapping.total_fields.limit': '4000' } as const

/**
 * What a data stream of lines in ECS needs, in the order in which it has to be put.
 *
 * @throws SeclogError `SECLOG_OPTION_INVALID`
 */
export function elkAssets(options: ElkAssetOptions = {}): readonly ElkAsset[] {
  const { dataset = 'generic', namespace, retention, flavour = 'elasticsearch' } = options
  const prefix = dataStreamPrefix(dataset)
  const own = namespace === undefined ? prefix : dataStreamName(dataset, namespace)
  if (retention !== undefined && !/^[1-9]\d{0,5}[dhms]$/.test(retention)) {
    throw new SeclogError(
      'SECLOG_OPTION_INVALID',
      'retention must be a number with a unit, such as 90d.',
    )
  }
  const about = { managed_by: 'seclog', ecs_version: ecsVersion }
  const hasLifecycle = flavour === 'elasticsearch'
  return [
    {
      what: 'component template of the mapping',
      path: `/_component_template/${own}@seclog-mappings`,
      body: {
        // The limit is checked for each component alone.
        template: { settings: fieldLimit, mappings: logMappings(flavour) },
        _meta: about,
      },
    },
    {
      what: 'component template of the settings',
      path: `/_component_template/${own}@seclog-settings`,
      body: {
        template: {
          settings: {
            'index.codec': 'best_compression',
            // Not a line is refused for one field: it is stored, and the field is not found.
            'index.mapping.ignore_malformed': 'true',
            'index.default_pipeline': `${own}@seclog`,
          },
        },
        _meta: about,
      },
    },
    {
      what: 'ingest pipeline',
      path: `/_ingest/pipeline/${own}@seclog`,
      body: {
        description: 'Says when a line arrived, and takes lines without a time for lines of now.',
        processors: [
          { set: { field: 'event.ingested', value: '{{{_ingest.timestamp}}}' } },
          { set: { field: '@timestamp', value: '{{{_ingest.timestamp}}}', override: false } },
        ],
      },
    },
    {
      what: 'index template of the data stream',
      path: `/_index_template/${own}@seclog`,
      body: {
        index_patterns: [namespace === undefined ? `${prefix}-*` : own],
        data_stream: {},
        priority,
        composed_of: [`${own}@seclog-mappings`, `${own}@seclog-settings`],
        ...(hasLifecycle && {
          template: { lifecycle: retention === undefined ? {} : { data_retention: retention } },
        }),
        _meta: about,
      },
    },
  ]
}
