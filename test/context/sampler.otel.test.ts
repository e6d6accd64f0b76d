import { context, SamplingDecision } from '@opentelemetry/api'
import { TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-node'
import test from 'ava'
import { createTraceId } from '../../src/context/ids.js'
import { ratioSampler } from '../../src/context/sampler.js'

test("a ratio decides as OpenTelemetry's sampler does, for every trace id", (t) => {
  for (const ratio of [0, 0.001, 0.1, 0.5, 0.9, 0.9999, 1]) {
    const theirs = new TraceIdRatioBasedSampler(ratio)
    const ours = ratioSampler(ratio)
    for (let count = 0; count < 500; count += 1) {
      const traceId = createTraceId()
      const { decision } = theirs.shouldSample(context.active(), traceId)
      t.is(ours(traceId, ''), decision === (SamplingDecision.RECORD_AND_SAMPLED as number))
    }
  }
})
