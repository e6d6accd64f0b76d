import { performance } from 'node:perf_hooks'
import type { RedactPattern } from './options.js'
import type { Spans } from './spans.js'

/** Milliseconds that a pattern of the user's own may take for one text. */
const budget = 50
const longestText = 16_384

/**
 * Runs the patterns of the user's own, contained: one that throws masks the text whole, one that takes longer than its budget
 * masks the text whole and from then on is only asked for shorter ones.
 */
export function createPatterns(
  patterns: readonly RedactPattern[],
): { find(text: string, spans: Spans): void } | undefined {
  if (patterns.length === 0) return undefined
  const runners = patterns.map((entry) => new Runner(entry))
  return {
    find(text, spans) {
      for (const runner of runners) runner.find(text, spans)
    },
  }
}

class Runner {
  readonly #rule: string
  readonly #places: (text: string) => Iterable<readonly [number, number]>
  #longest = longestText

  constructor(entry: RedactPattern) {
    this.#rule = `pattern:${entry.name}`
    this.#places = entry.pattern instanceof RegExp ? matchesOf(entry.pattern) : entry.pattern
  }

  find(text: string, spans: Spans): void {
    if (text.length > this.#longest) {
      spans.add(0, text.length, `${this.#rule}:budget`)
      return
    }
    const begun = performance.now()
    try {
      for (const [start, end] of this.#places(text)) {
        spans.add(Math.max(0, start), Math.min(text.length, end), this.#rule)
        if (performance.now() - begun > budget) break
      }
    } catch {
      spans.add(0, text.length, `${this.#rule}:fault`)
    }
    if (performance.now() - begun > budget) {
      this.#longest = Math.max(64, text.length >> 1)
      spans.add(0, text.length, `${this.#rule}:budget`)
    }
  }
}

function matchesOf(pattern: RegExp): (text: string) => Iterable<readonly [number, number]> {
  const source = new RegExp(pattern.source, `${pattern.flags.replace(/[gyd]/g, '')}g`)
  return function* (text) {
    for (const match of text.matchAll(source)) yield [match.index, match.index + match[0].length]
  }
}
