import { isStrictObject } from '../audit/strict-json.js'
import { findLeak } from '../testing/leaks.js'
import { parseLogLine } from '../testing/log-lines.js'
import { type Canaries, type CanaryName, canaryNames, canaryPlaces } from './canaries.js'
import { type Finding, findingsOf } from './finding.js'
import type { ProbeReport, ProbeStep } from './probe-types.js'

const { error, warning, ok } = findingsOf('Logger')

/** What the probe's lines say of the application's logger. */
export function judgeLogger(report: ProbeReport, canaries: Canaries): readonly Finding[] {
  const kind = report.kind === 'seclog' ? 'a SecurityLogger' : 'a plain pino logger'
  const { exported, level, destination } = report
  return [
    ok(
      'logger',
      `The logger (${exported}) is ${kind} at level ${level}; its lines go to ${destination}.`,
    ),
    ...judgeSecrets(report, canaries),
    ...judgeForging(report),
    ...judgeEscapes(report),
    ...judgeThrows(report),
  ]
}

function judgeSecrets(report: ProbeReport, canaries: Canaries): readonly Finding[] {
  const planted = canaryNames.filter((name) => !name.startsWith('serializer'))
  const leaked = planted.filter(
    (name) => leaksIn(stepOf(report, name), canaries, [name]).length > 0,
  )
  const findings: Finding[] = []
  const isOff = leaked.length > planted.length / 2
  const places = leaked.map((name) => canaryPlaces[name]).join('; ')
  if (isOff && report.kind === 'seclog')
    findings.push(
      error(
        'redaction-off',
        `Redaction is turned off: ${leaked.length} of ${planted.length} planted secrets came out. ${places}.`,
        'Take redact: false away; what must not be masked can be named by a rule instead.',
      ),
    )
  else if (isOff)
    findings.push(
      error(
        'redaction-missing',
        `The logger masks next to nothing: ${leaked.length} of ${planted.length} planted secrets came out. ${places}.`,
        'Use createSecurityLogger, whose default rules mask them.',
      ),
    )
  else if (leaked.length > 0)
    findings.push(
      error(
        'secrets-leak',
        `${leaked.length} of ${planted.length} planted secrets came out: ${places}.`,
        'See docs/redaction.md for rules by key, by value and by path.',
      ),
    )
  else findings.push(ok('secrets-masked', `None of ${planted.length} planted secrets came out.`))
  // Where nothing is masked, serializers are not to blame.
  return isOff ? findings : [...findings, ...judgeSerializers(report, canaries)]
}

function judgeSerializers(report: ProbeReport, canaries: Canaries): readonly Finding[] {
  const given = canaryNames.filter((name) => name.startsWith('serializer'))
  const findings = report.serializers.flatMap((name): Finding[] => {
    const leaked = leaksIn(stepOf(report, `serializer ${name}`), canaries, given)
    if (leaked.length === 0) return []
    const places = leaked.map((canary) => canaryPlaces[canary]).join('; ')
    return [
      error(
        'serializer-unsafe',
        `The serializer ${JSON.stringify(name)} lets secrets out: ${places}.`,
        'Let it pick the fields that are wanted, and keep names beside values: what is glued into one text has no name to know it by.',
      ),
    ]
  })
  const count = report.serializers.length
  if (findings.length > 0 || count === 0) return findings
  return [
    ok(
      'serializers',
      `${count === 1 ? 'The serializer lets' : `${count} serializers let`} no planted secret out.`,
    ),
  ]
}

function judgeForging(report: ProbeReport): readonly Finding[] {
  const forged = ['forged', 'forged by a child'].flatMap((name) => {
    const line = stepOf(report, name)?.lines[0] ?? ''
    const record = parseLogLine(line)
    if (record === undefined) return [`${name}: no line came out`]
    const faults: string[] = []
    if (!isStrictObject(Buffer.from(line.trim()))) faults.push('a key stands twice')
    if (record['level'] === 'fatal' || record['log.level'] === 'fatal') faults.push('level')
    for (const key of ['hostname', 'pid', 'service', 'trace_id'])
      if (/evil|bad$/.test(String(record[key])) || record[key] === 1) faults.push(key)
    return faults
  })
  if (forged.length === 0) return [ok('unforgeable', 'No field of the logger could be forged.')]
  return [
    error(
      'forgeable',
      `Fields of the logger can be forged by what is logged: ${[...new Set(forged)].join(', ')}.`,
      'Use createSecurityLogger, which keeps such fields under "shadowed".',
    ),
  ]
}

function judgeEscapes(report: ProbeReport): readonly Finding[] {
  const lines = stepOf(report, 'escapes')?.lines ?? []
  const text = lines.join('')
  const isOneLine = lines.length === 1 && /^[^\n]*\n?$/.test(text)
  if (!isOneLine || /[\u0000-\u0009\u000b-\u001f]/.test(text))
    return [error('escapes', 'Control characters of what is logged reach the line as they are.')]
  if (/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.test(text))
    return [
      warning(
        'escapes',
        'C1 controls, line separators or bidirectional marks reach the line as they are: a terminal may act upon them.',
        'Use createSecurityLogger, which escapes them.',
      ),
    ]
  return [ok('escapes', 'Nothing that drives a terminal or ends a line reached the line.')]
}

function judgeThrows(report: ProbeReport): readonly Finding[] {
  const threw = report.steps.filter((step) => step.threw !== undefined)
  const silent = report.steps.filter((step) => step.lines.length === 0 && step.threw === undefined)
  return [
    ...(threw.length === 0
      ? []
      : [
          warning(
            'logging-throws',
            `A log call threw into its caller: ${threw.map(({ name }) => name).join(', ')}.`,
            'Use createSecurityLogger, whose calls never throw.',
          ),
        ]),
    ...(silent.length === 0
      ? []
      : [
          warning(
            'lines-lost',
            `A log call wrote no line: ${silent.map(({ name }) => name).join(', ')}.`,
          ),
        ]),
  ]
}

function stepOf({ steps }: ProbeReport, name: string): ProbeStep | undefined {
  return steps.find((step) => step.name === name)
}

function leaksIn(
  step: ProbeStep | undefined,
  canaries: Canaries,
  names: readonly CanaryName[],
): readonly CanaryName[] {
  const text = step?.lines.join('') ?? ''
  return names.filter((name) => findLeak(text, canaries[name], name) !== undefined)
}
