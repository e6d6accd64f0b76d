import { createSecurityLogger, type SecurityLogger, startTracing } from 'seclog'

/** What both services are made of. */
export interface Service {
  readonly log: SecurityLogger
  /** Hands over what is still on its way. */
  stop(): Promise<void>
}

/** A logger that writes to stdout, and traces that are exported too if a collector is named in the environment. */
export async function startService(name: string): Promise<Service> {
  const log = createSecurityLogger({ service: name })
  const exporting = process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] !== undefined
  const tracing = exporting ? await startTracing({ service: name, log }) : undefined
  return {
    log,
    async stop() {
      await tracing?.shutdown()
      await log.close()
    },
  }
}
