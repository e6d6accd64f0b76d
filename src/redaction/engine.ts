import { isCardNumber } from './cards.js'
import { createCensor } from './censor.js'
import { createKeyRules, type KeyNames } from './keys.js'
import { checkRedactOptions, type RedactOptions, type RuleSet } from './options.js'
import { compilePaths } from './paths.js'
import { createPatterns } from './patterns.js'
import { createPiiRules } from './pii.js'
import { findRegistered, hasSecrets } from './registry.js'
import { scan } from './scan.js'
import { Spans } from './spans.js'
import { findSecrets, type TextRules } from './text.js'
import { type Redaction, scanBits } from './types.js'

/**
 * Compiles the rules of one logger or redactor.
 *
 * @param options - `false` switches everything off; an array is pino's paths; both paths and rules apply otherwise.
 * @param counts - Where fired rules are counted; given where several redactions count as one.
 * @throws SeclogError `SECLOG_REDACT_INVALID`
 */
export function createRedaction(
  options: false | readonly string[] | RedactOptions = {},
  counts: Record<string, number> = Object.create(null),
): Redaction {
  if (options === false) return noRedaction
  const settings: RedactOptions = isPathList(options) ? { paths: options } : options
  checkRedactOptions(settings)
  const count = (rule: string): void => {
    counts[rule] = (counts[rule] ?? 0) + 1
  }
  const on = (set: RuleSet): boolean => settings.rules?.[set] ?? set !== 'pii'
  const off = new Set(
    Object.entries(settings.rules ?? {}).flatMap(([rule, enabled]) => (enabled ? [] : [rule])),
  )
  const allowed =
    off.size === 0 ? undefined : (rule: string) => !off.has(rule) && !off.has(groupOf(rule))
  const censor = createCensor(settings, () => count('fault:censor'))
  const rules: TextRules = {
    credentials: on('credentials'),
    cards: on('cards'),
    key: createKeyRules(namesOf(settings.keys), on('credentials'), allowed),
  }
  const pii = createPiiRules(settings.rules ?? {})
  const patterns = createPatterns(settings.patterns ?? [])
  const own = pii !== undefined || patterns !== undefined
  const mask = (part: string, rule: string): string => {
    if (allowed !== undefined && !allowed(rule)) return part
    count(rule)
    return censor.part(part)
  }

  return {
    get eager() {
      return own || hasSecrets()
    },
    text(text, bits) {
      try {
        const spans = new Spans()
        if (hasSecrets()) findRegistered(text, spans)
        if (((bits ?? scan(text)) & scanBits.suspect) !== 0) findSecrets(rules, text, spans)
        pii?.find(text, spans)
        patterns?.find(text, spans)
        return spans.replace(text, mask)
      } catch {
        count('fault:text')
        return censor.part(text)
      }
    },
    key(name) {
      try {
        return rules.key(name) ?? pii?.key(name)
      } catch {
        count('fault:key')
        return failed
      }
    },
    number(value) {
      if (!rules.cards) return undefined
      if (typeof value === 'number' && !(Number.isSafeInteger(value) && value >= 1e13))
        return undefined
      const digits = String(value)
      return isCardNumber(digits) && !(allowed !== undefined && !allowed('card'))
        ? 'card'
        : undefined
    },
    censor(value, rule, path) {
      count(rule)
      return censor.value(value, rule, path)
    },
    paths: compilePaths(settings.paths ?? []),
    counts,
  }
}

const failed = { rule: 'fault:key', scope: 'branch' } as const

/** `token` of `token:github`. */
function groupOf(rule: string): string {
  const colon = rule.indexOf(':')
  return colon < 0 ? rule : rule.slice(0, colon)
}

function isPathList(options: readonly string[] | RedactOptions): options is readonly string[] {
  return Array.isArray(options)
}

function namesOf(keys: RedactOptions['keys']): KeyNames {
  if (keys === undefined) return {}
  return Array.isArray(keys) ? { extra: keys as readonly string[] } : (keys as KeyNames)
}

/** Everything off. */
const noRedaction: Redaction = {
  eager: false,
  text: (text) => text,
  key: () => undefined,
  number: () => undefined,
  censor: (value) => value,
  paths: undefined,
  counts: Object.freeze({}),
}
