import test from 'ava'
import pino from 'pino'
import { traceMixin } from '../../src/context/mixin.js'
import { setRootSampler } from '../../src/context/sampler.js'
import { withSpan } from '../../src/spans/with-span.js'

test.serial(
  'the mixin gives an existing pino logger the ids of the active span, and nothing outside one',
  (t) => {
    const lines: string[] = []
    const logger = pino({ mixin: traceMixin }, { write: (line: string) => void lines.push(line) })
    logger.info('outside')
    const ids = withSpan('work', (span) => {
      logger.info('inside')
      return span.spanContext()
    })
    const [outside, inside] = lines.map((line) => JSON.parse(line))
    t.false('trace_id' in outside)
    t.like(inside, { trace_id: ids.traceId, span_id: ids.spanId, trace_flags: '01' })
  },
)

test.serial('trace flags are two digits', (t) => {
  setRootSampler(() => false)
  t.like(withSpan('unsampled', traceMixin), { trace_flags: '00' })
  setRootSampler(undefined)
})
