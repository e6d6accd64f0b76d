import { judgeIntegrity } from './integrity.js'
import type { LockedPackage } from './lockfile.js'
import { lookalikeOf } from './lookalikes.js'
import { judgeTransport } from './transport.js'

/** What a check can find, and how bad it is: high for what is wrong, medium for what a person should look at. */
export const rules = {
  'integrity-malformed': 'high',
  'integrity-missing': 'medium',
  'integrity-weak': 'medium',
  'transport-plain': 'high',
  'transport-ssh': 'medium',
  'install-script': 'medium',
  deprecated: 'medium',
  lookalike: 'medium',
  'duplicate-versions': 'low',
} as const satisfies Readonly<Record<string, 'high' | 'medium' | 'low'>>

export type Rule = keyof typeof rules

/** Something in a lock file that its owner should know. */
export interface Finding {
  readonly rule: Rule
  readonly package: string
  readonly version?: string
  readonly detail?: string
}

export interface CheckResult {
  readonly findings: readonly Finding[]
  /** What else there is to say, in numbers. */
  readonly counts?: Readonly<Record<string, number>>
}

export interface Check {
  readonly name: string
  run(packages: readonly LockedPackage[]): CheckResult
}

/** Each check looks at one property of all packages. */
export const checks: readonly Check[] = [
  { name: 'integrity hashes', run: checkIntegrity },
  { name: 'transport', run: checkTransport },
  { name: 'install scripts', run: checkInstallScripts },
  { name: 'deprecated packages', run: checkDeprecated },
  { name: 'lookalike names', run: checkLookalikes },
  { name: 'duplicate versions', run: checkDuplicates },
]

/** Bundled, local and git packages have no hash: their parent's, nobody's, and the commit's stand for it. */
function checkIntegrity(packages: readonly LockedPackage[]): CheckResult {
  const findings: Finding[] = []
  let without = 0
  for (const locked of packages) {
    if (locked.integrity !== undefined) {
      const judged = judgeIntegrity(locked.integrity)
      if (judged !== 'strong') findings.push(found(`integrity-${judged}`, locked))
    } else if (locked.bundled || /^(?:git|file|ssh)\b/.test(locked.resolved ?? '')) without += 1
    else findings.push(found('integrity-missing', locked))
  }
  return { findings, counts: { packages: packages.length, without_hash_by_nature: without } }
}

function checkTransport(packages: readonly LockedPackage[]): CheckResult {
  const counts = { tls: 0, ssh: 0, plain: 0, local: 0, unknown: 0 }
  const findings: Finding[] = []
  for (const locked of packages) {
    const transport = judgeTransport(locked.resolved)
    counts[transport] += 1
    if (transport === 'plain' || transport === 'ssh')
      findings.push(found(`transport-${transport}`, locked, locked.resolved))
  }
  return { findings, counts }
}

function checkInstallScripts(packages: readonly LockedPackage[]): CheckResult {
  const scripted = packages.filter((locked) => locked.hasInstallScript)
  return { findings: scripted.map((locked) => found('install-script', locked)) }
}

function checkDeprecated(packages: readonly LockedPackage[]): CheckResult {
  const deprecated = packages.filter((locked) => locked.deprecated !== undefined)
  return { findings: deprecated.map((locked) => found('deprecated', locked, locked.deprecated)) }
}

function checkLookalikes(packages: readonly LockedPackage[]): CheckResult {
  const findings = packages.flatMap((locked) => {
    const target = lookalikeOf(locked.name)
    return target === undefined ? [] : [found('lookalike', locked, `looks like ${target}`)]
  })
  return { findings }
}

function checkDuplicates(packages: readonly LockedPackage[]): CheckResult {
  const versions = new Map<string, Set<string>>()
  for (const { name, version } of packages)
    versions.set(name, (versions.get(name) ?? new Set()).add(version))
  const findings = [...versions]
    .filter(([, known]) => known.size > 1)
    .map(([name, known]): Finding => {
      return { rule: 'duplicate-versions', package: name, detail: [...known].join(', ') }
    })
  return { findings, counts: { names: versions.size } }
}

function found(rule: Rule, { name, version }: LockedPackage, detail?: string): Finding {
  return { rule, package: name, version, ...(detail !== undefined && { detail }) }
}
