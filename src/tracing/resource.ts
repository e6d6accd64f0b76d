import { hostname } from 'node:os'
import process from 'node:process'
import type { TracingConfig } from '../config/tracing.js'
import type { Redaction } from '../redaction/types.js'
import type { Resource, ResourcesModule } from './packages.js'
import { redactAttributes } from './redact-span.js'

/**
 * Who the spans come from. The command line is left out on purpose: it can hold secrets.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/resource/
 */
export function createResource(
  module: ResourcesModule,
  config: TracingConfig,
  redaction: Redaction,
): Resource {
  const surroundings = module.resourceFromAttributes({
    'host.name': hostname(),
    'host.arch': process.arch === 'x64' ? 'amd64' : process.arch,
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'telemetry.distro.name': 'seclog',
  })
  const given = module.resourceFromAttributes(redactAttributes(config.resource, redaction))
  return module.defaultResource().merge(surroundings).merge(given)
}
