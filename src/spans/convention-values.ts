import { textOf } from './values.js'

/** The conventions write some codes and ids as strings, whatever they are in a program. */
export function text(key: string): {
  readonly key: string
  readonly write: (value: unknown) => string
} {
  return { key, write: textOf }
}

/** A URL without what people and programs hide secrets in. */
export function withoutQuery(value: unknown): string {
  const url = textOf(value)
  const end = url.search(/[?#]/)
  return (end === -1 ? url : url.slice(0, end)).replace(/^([^/]*:)?\/\/[^/]*@/, '$1//')
}

/** Of a list its length, and nothing that stands in it. */
export function countOf(value: unknown): unknown {
  return Array.isArray(value) ? value.length : value
}
