import test from 'ava'
import { createSecurityLogger } from '../../src/index.js'
import { createGapFinder, type LogRecord, memoryDestination } from '../../src/testing/index.js'
import { readSchema, schemaErrors } from '../formats/schema.js'

for (const format of ['json', 'ecs', 'pino'] as const) {
  test(`lines are numbered in the order in which they are handed over, over all loggers: ${format}`, (t) => {
    const destination = memoryDestination()
    const options = { format, sequence: true, level: 'debug', bufferBelow: 'info' } as const
    const log = createSecurityLogger(options, destination)
    const other = createSecurityLogger(options, destination)
    log.info('plain')
    other.child({ a: 1 }).error({ b: 2 }, 'fields')
    log.withSpan('span', () => log.debug('held, and gone'))
    log.security('sys_startup')
    const finder = createGapFinder()
    for (const record of destination.records) finder.add(record)
    const [run, ...more] = finder.instances()
    t.deepEqual(more, [])
    t.is(destination.records.length, 4)
    t.is(run?.lines, 4)
    t.is((run?.last ?? 0) - (run?.first ?? 0), 3)
    t.is(run?.repeated, 0)
    t.regex(run?.instance ?? '', /^[0-9a-f]{16}$/)
    if (format === 'pino') return
    for (const record of destination.records) {
      t.deepEqual(schemaErrors(readSchema(format), record), [])
    }
  })

  test(`no call can claim a number or a run: ${format}`, (t) => {
    const destination = memoryDestination()
    const log = createSecurityLogger({ format, sequence: true }, destination)
    log.info({
      'log.seq': 7,
      instance: 'mine',
      'event.sequence': 7,
      service: { ephemeral_id: 'x' },
    })
    const [line = ''] = destination.lines
    const name = format === 'ecs' ? 'event.sequence' : 'log.seq'
    t.is(line.split(`"${name}":`).length, format === 'ecs' ? 2 : 3)
    const [record = {}] = destination.records
    t.not(record[name], 7)
    if (format === 'ecs') t.regex(String(record['service.ephemeral_id']), /^[0-9a-f]{16}$/)
    else t.is((record['shadowed'] as LogRecord)['instance'], 'mine')
  })
}

test('without the option there are no numbers, and instance is a name like others', (t) => {
  const destination = memoryDestination()
  createSecurityLogger({}, destination).info({ instance: 'mine' })
  t.like(destination.records[0], { instance: 'mine', 'log.seq': undefined })
})

test('a line that is as long as it may be stays within its limit with its number', (t) => {
  const destination = memoryDestination()
  const limits = { lineBytes: 1_024 }
  const log = createSecurityLogger({ sequence: true, limits }, destination)
  log.info({ text: 'x'.repeat(5_000) }, 'y'.repeat(5_000))
  t.true(Buffer.byteLength(destination.lines[0] ?? '') <= 1_024)
})
