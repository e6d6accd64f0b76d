import { parseLogLine } from '../testing/log-lines.js'
import { scope } from '../tracing/packages.js'
import { findPackage, hasLoaderHook, type Project } from './doctor-project.js'
import { type Finding, findingsOf } from './finding.js'
import type { ProbeReport } from './probe-types.js'

const { error, ok } = findingsOf('Correlation')

/** Whether a line that the application's logger wrote in a span has the span's ids, and if not, why. */
export function judgeCorrelation(report: ProbeReport, project: Project): Finding {
  const line = report.steps.find(({ name }) => name === 'in a span')?.lines[0] ?? ''
  const record = parseLogLine(line)
  const traceId = record?.['trace_id'] ?? record?.['trace.id']
  const whose =
    report.provider === undefined
      ? "seclog's own spans"
      : `spans of the tracer provider that is registered (API ${report.provider})`
  if (report.ids !== undefined && traceId === report.ids.traceId)
    return ok('ids', `Lines in a span have its ids: those of ${whose}.`)
  return error('ids-missing', `Lines in a span have no ids of it: ${reason(report, project)}`, fix)
}

const fix =
  'Make the logger with createSecurityLogger, or give yours its ids: pino({ mixin: traceMixin }) with traceMixin of seclog. Neither needs a hook.'

function reason({ kind }: ProbeReport, project: Project): string {
  const instrumentation = findPackage(project.folder, `${scope}instrumentation-pino`)
  if (kind === 'seclog')
    return 'the logger is of another version of seclog, or its mixin removes them.'
  if (instrumentation === undefined)
    return 'it is a plain pino logger, and nothing puts them there.'
  if (project.isEsm && !hasLoaderHook(project))
    return `${scope}instrumentation-pino patches nothing that is loaded by import, since the application is started without OpenTelemetry's loader hook.`
  return `${scope}instrumentation-pino did not patch pino: it is not enabled, or the logger is made before it is.`
}
