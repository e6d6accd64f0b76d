import { metrics } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import test from 'ava'
import { createSecurityLogger } from '../../src/index.js'
import { memoryDestination } from '../../src/testing/index.js'

test.serial(
  'lines, spans, events, redactions and drops are metrics of whoever registered a meter provider',
  async (t) => {
    const early = createSecurityLogger({}, memoryDestination())
    early.info('before the provider')
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 })
    const provider = new MeterProvider({ readers: [reader] })
    metrics.setGlobalMeterProvider(provider)
    t.teardown(async () => {
      metrics.disable()
      await provider.shutdown()
    })
    const log = createSecurityLogger({ flood: { security: { limit: 1 } } }, memoryDestination())
    log.child({ tenant: 'acme' }).info({ password: 'hunter2' }, 'x')
    log.error('y')
    log.security('sys_startup')
    log.security('sys_startup')
    log.withSpan('scan', () => {})
    t.throws(() =>
      log.withSpan('scan', () => {
        throw new Error('no')
      }),
    )
    const broken = createSecurityLogger(
      {},
      {
        write() {
          throw new Error('no')
        },
      },
    )
    broken.info('lost')
    await reader.forceFlush()
    const found = new Map<string, unknown>()
    for (const { scopeMetrics } of exporter.getMetrics()) {
      for (const { metrics: all } of scopeMetrics) {
        for (const { descriptor, dataPoints } of all) {
          for (const { attributes, value } of dataPoints) {
            const key = [descriptor.name, ...Object.values(attributes)].join(' ')
            found.set(key, typeof value === 'object' ? (value as { count: number }).count : value)
          }
        }
      }
    }
    t.deepEqual(Object.fromEntries(found), {
      'seclog.lines info': 3,
      'seclog.lines error': 2,
      'seclog.security_events sys_startup': 2,
      'seclog.redactions key:password': 1,
      'seclog.dropped destination': 1,
      'seclog.dropped repeated': 1,
      'seclog.span.duration scan ok': 1,
      'seclog.span.duration scan error': 1,
    })
  },
)
