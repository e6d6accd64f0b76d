import { refuse } from './options.js'
import type { PathState } from './types.js'

/**
 * Compiles paths in pino's syntax into one automaton, so that a walk follows all of them at once.
 *
 * `a.b`, `a["b-c"]`, `a['b'].c`, `*.b`, `a[*].b`, `a[0].b`; a `*` stands for one level, at any place.
 *
 * @throws SeclogError `SECLOG_REDACT_INVALID` for a path that is malformed, and for `**`, which pino takes and ignores.
 */
export function compilePaths(paths: readonly string[]): PathState | undefined {
  if (!Array.isArray(paths)) refuse('redact.paths must be an array of paths.')
  if (paths.length === 0) return undefined
  return stateOf(paths.map((path) => ({ steps: parsePath(path), at: 0 })))
}

/** A level of a path: its key, or `undefined` for `*`. */
type Step = string | undefined

interface Item {
  readonly steps: readonly Step[]
  readonly at: number
}

function stateOf(items: readonly Item[]): PathState {
  const ends = items.some((item) => item.at === item.steps.length)
  const open = items.filter((item) => item.at < item.steps.length)
  const named = new Set(
    open.map((item) => item.steps[item.at]).filter((step) => step !== undefined),
  )
  const known = new Map<string, PathState | undefined>()
  const after = (key: string | undefined): PathState | undefined => {
    const next = open.filter((item) => {
      const step = item.steps[item.at]
      return step === undefined || step === key
    })
    return next.length === 0
      ? undefined
      : stateOf(next.map((item) => ({ steps: item.steps, at: item.at + 1 })))
  }
  for (const key of named) known.set(key, after(key))
  const other = after(undefined)
  return { ends, next: (key) => (known.has(key) ? known.get(key) : other) }
}

/** The levels of one path. */
export function parsePath(path: string): readonly Step[] {
  if (typeof path !== 'string' || path === '')
    refuse('A redact path must be a text that is not empty.')
  const steps: Step[] = []
  let rest = path
  while (rest !== '') {
    const match = (steps.length === 0 ? first : following).exec(rest)
    if (match === null)
      refuse(`The redact path ${JSON.stringify(path)} is malformed near ${JSON.stringify(rest)}.`)
    const [whole, plain, quoted, single, index] = match
    const key = plain ?? unquote(quoted ?? single) ?? index
    steps.push(key === '*' && quoted === undefined && single === undefined ? undefined : key)
    rest = rest.slice(whole.length)
  }
  if (steps.length > 64) refuse(`The redact path ${JSON.stringify(path)} has more than 64 levels.`)
  return steps
}

const bracket = String.raw`\[\s{0,8}(?:"((?:[^"\\]|\\.){0,256})"|'((?:[^'\\]|\\.){0,256})'|(\*|\d{1,10}|[A-Za-z_$][\w$]{0,128}))\s{0,8}\]`
const plain = String.raw`(\*(?![\w*$])|[^.[\]*\s"']{1,256})`
const first = new RegExp(`^(?:${plain}|${bracket})`)
const following = new RegExp(`^(?:\\.${plain}|${bracket})`)

/** Both, for the test that holds every expression against recheck. */
export const pathExpressions: readonly RegExp[] = [first, following]

function unquote(text: string | undefined): string | undefined {
  return text?.replace(/\\(.)/g, '$1')
}
