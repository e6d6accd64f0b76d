import { allEcsFields, type EcsType } from '../formats/ecs-paths.js'
import type { Flavour } from './flavour.js'

/** One field of a mapping, or an object of fields. */
export type Mapping = { readonly [name: string]: unknown }

/** Deeper fields of ECS (the executable of the parent of an entry leader, say) get their type from a template when they come. */
const deepest = 4
/** As Elastic's own templates have it: longer values are stored, and not found. */
const keyword = { type: 'keyword', ignore_above: 1_024 } as const
/** Bytes of one term are limited to 32,766, and a character has up to four. */
const flattened = { type: 'flattened', ignore_above: 8_191 } as const

/**
 * The mapping of lines in ECS: fields of ECS with its types, and what a program calls its own in one field of labels, so that no line
 * makes a new field, and no two lines fight over the type of one.
 */
export function logMappings(flavour: Flavour): Mapping {
  const properties: Record<string, unknown> = {}
  for (const [path, type] of allEcsFields()) {
    if (path.split('.').length <= deepest)
      place(properties, path.split('.'), fieldOf(type, flavour))
  }
  const anything = flavour === 'opensearch' ? { type: 'flat_object' } : flattened
  place(properties, ['labels'], anything)
  place(properties, ['shadowed'], anything)
  for (const name of ['name', 'kind', 'parent_id', 'status', 'status_message', 'outcome']) {
    place(properties, ['seclog', 'span', name], keyword)
  }
  place(properties, ['seclog', 'span', 'attributes'], anything)
  place(properties, ['seclog', 'span', 'dropped'], { type: 'long' })
  // As JSON, to be shown, not to be searched.
  for (const name of ['events', 'links']) {
    place(properties, ['seclog', 'span', name], {
      type: 'keyword',
      index: false,
      doc_values: false,
    })
  }
  return {
    date_detection: false,
    dynamic_templates: [
      { texts: { match_mapping_type: 'string', mapping: keyword } },
      { whole_numbers: { match_mapping_type: 'long', mapping: { type: 'long' } } },
      { numbers: { match_mapping_type: 'double', mapping: { type: 'double' } } },
    ],
    properties,
  }
}

function fieldOf(type: EcsType, flavour: Flavour): Mapping {
  switch (type) {
    case 'K':
    case 'L':
      return keyword
    case 'C':
      // There it needs its value when it is mapped.
      return flavour === 'opensearch' ? keyword : { type: 'constant_keyword' }
    case 'W':
    case 'X':
      return { type: 'wildcard' }
    case 'T':
      return { type: 'match_only_text' }
    case 'N':
      return { type: 'long' }
    case 'I':
      return { type: 'integer' }
    case 'F':
      return { type: 'float' }
    case 'U':
      return { type: 'double' }
    case 'S':
      return { type: 'scaled_float', scaling_factor: 1_000 }
    case 'B':
      return { type: 'boolean' }
    case 'D':
      return { type: 'date' }
    case 'P':
    case 'Q':
      return { type: 'ip' }
    case 'G':
      return { type: 'geo_point' }
    case 'E':
    case 'M':
      return { type: 'nested' }
    case 'H':
    case 'J':
      return flavour === 'opensearch' ? { type: 'flat_object' } : flattened
    default:
      return { type: 'object' }
  }
}

function place(properties: Record<string, unknown>, path: readonly string[], field: Mapping): void {
  const [name = '', ...below] = path
  const found = properties[name] as Record<string, unknown> | undefined
  if (below.length === 0) {
    // An object whose fields are known needs no type of its own.
    const members = found?.['properties']
    properties[name] = members === undefined ? field : { ...field, properties: members }
    return
  }
  const owner = found ?? {}
  owner['properties'] ??= {}
  properties[name] = owner
  place(owner['properties'] as Record<string, unknown>, below, field)
}
