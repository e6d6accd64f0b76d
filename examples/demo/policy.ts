import { type Finding, type Rule, rules } from './checks.js'

export interface Decision {
  readonly verdict: 'allow' | 'warn' | 'deny'
  /** How often each rule fired that led to the verdict or stands below it, worst first. */
  readonly reasons: readonly string[]
}

const order = ['high', 'medium', 'low'] as const

/** One high finding denies, one medium finding warns; low ones are only said. */
export function decide(findings: readonly Finding[]): Decision {
  const counts = new Map<Rule, number>()
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1)
  const reasons = order.flatMap((severity) =>
    [...counts]
      .filter(([rule]) => rules[rule] === severity)
      .map(([rule, count]) => `${count} ${rule} (${severity})`),
  )
  const severities = new Set(findings.map(({ rule }) => rules[rule]))
  const verdict = severities.has('high') ? 'deny' : severities.has('medium') ? 'warn' : 'allow'
  return { verdict, reasons }
}
