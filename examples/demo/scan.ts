import type { SecurityLogger } from 'seclog'
import { type Check, checks, type Finding, rules } from './checks.js'
import { type LockedPackage, parseLockfile } from './lockfile.js'
import { type Decision, decide } from './policy.js'

/** Scans the text of a lock file: one span for each step, one line for each finding. */
export function scan(log: SecurityLogger, text: string): Decision {
  const packages = log.withSpan('parse lock file', (span) => {
    const parsed = parseLockfile(text)
    span.setAttribute('lockfile.packages', parsed.length)
    return parsed
  })
  const findings = checks.flatMap((check) => run(log, check, packages))
  return log.withSpan('decide', (span) => {
    const decision = decide(findings)
    span.setAttribute('scan.verdict', decision.verdict)
    log.info({ findings: findings.length, ...decision }, 'scan decided')
    return decision
  })
}

function run(
  log: SecurityLogger,
  check: Check,
  packages: readonly LockedPackage[],
): readonly Finding[] {
  return log.withSpan(`check ${check.name}`, (span) => {
    const { findings, counts } = check.run(packages)
    span.setAttribute('scan.findings', findings.length)
    if (counts !== undefined) log.info(counts, 'counted')
    for (const finding of findings) {
      const severity = rules[finding.rule]
      log[severity === 'low' ? 'info' : 'warn']({ severity, ...finding }, 'finding')
    }
    return findings
  })
}
