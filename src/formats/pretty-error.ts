import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json-value.js'

/** Paints a text; the names are those of pino-pretty's colours. */
export type Painter = (colour: string, text: string) => string

/** Causes and members of an aggregate that are shown of one error, all together. */
const mostErrors = 20
/** Frames of the application that are shown of one error. */
const mostFrames = 12

/**
 * An error of a record as indented lines: what it is, where it came from, and what caused it. Frames of packages and of Node,
 * and those that the error above it has too, are folded into one line.
 */
export function errorLines(error: JsonObject, paint: Painter): string[] {
  const lines: string[] = []
  let left = mostErrors
  const add = (
    value: JsonObject,
    indent: string,
    label: string,
    above: readonly string[],
  ): void => {
    if (left === 0) return
    left -= 1
    const { head, frames } = partsOf(value)
    const [first = '', ...more] = head
    lines.push(`${indent}${label}${paint('red', first)}`)
    for (const line of more) lines.push(`${indent}  ${paint('red', line)}`)
    for (const line of folded(frames, above)) lines.push(`${indent}    ${paint('gray', line)}`)
    const { cause, aggregateErrors } = value
    if (isJsonObject(cause)) add(cause, `${indent}  `, 'caused by ', frames)
    else if (typeof cause === 'string') lines.push(`${indent}  caused by ${cause}`)
    if (isJsonArray(aggregateErrors))
      for (const member of aggregateErrors)
        if (isJsonObject(member)) add(member, `${indent}  `, 'with ', frames)
  }
  add(error, '    ', '', [])
  return lines
}

/** Whether a value is an error as a logger writes it. */
export function isErrorRecord(value: JsonValue | undefined): value is JsonObject {
  return isJsonObject(value) && (typeof value['stack'] === 'string' || isNamed(value))
}

function isNamed({ type, message }: JsonObject): boolean {
  return typeof type === 'string' && typeof message === 'string'
}

/** What is on an error beyond what {@link errorLines} shows; `undefined` when there is nothing. */
export function otherErrorFields(error: JsonObject): JsonObject | undefined {
  const shown: ReadonlySet<string> = new Set([
    'type',
    'message',
    'stack',
    'cause',
    'aggregateErrors',
  ])
  const others = Object.entries(error).filter(([name]) => !shown.has(name))
  return others.length === 0 ? undefined : Object.fromEntries(others)
}

interface ErrorParts {
  /** Type and message, by lines. */
  readonly head: readonly string[]
  readonly frames: readonly string[]
}

const frame = /^\s*at\s/

function partsOf({ type, message, stack }: JsonObject): ErrorParts {
  const lines = typeof stack === 'string' ? stack.split('\n') : []
  const first = lines.findIndex((line) => frame.test(line))
  const frames = (first === -1 ? [] : lines.slice(first)).map((line) => line.trim())
  const told = lines.slice(0, first === -1 ? lines.length : first).filter((line) => line !== '')
  const named = [type, message].filter((part) => typeof part === 'string' && part !== '').join(': ')
  return { head: told.length > 0 ? told : named.split('\n'), frames }
}

const foreign = /node_modules[\\/]|\(?node:|\(?internal\//

function folded(frames: readonly string[], above: readonly string[]): string[] {
  const same = new Set(above)
  const lines: string[] = []
  let shown = 0
  let hidden = 0
  const flush = (): void => {
    if (hidden > 0) lines.push(`… ${hidden} more ${hidden === 1 ? 'frame' : 'frames'}`)
    hidden = 0
  }
  for (const line of frames) {
    if (foreign.test(line) || same.has(line) || shown >= mostFrames) hidden += 1
    else {
      flush()
      shown += 1
      lines.push(line)
    }
  }
  flush()
  return lines
}
