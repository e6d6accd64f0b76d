import test from 'ava'
import { parseLogLines } from '../../src/testing/index.js'
import { runExample } from './run.js'

test('the quickstart logs a line, a failed span and a caught error, and ends by itself', async (t) => {
  const { code, stdout, stderr } = await runExample('quickstart.js')
  t.is(stderr, '')
  t.is(code, 0)
  const { records, broken } = parseLogLines(stdout)
  t.deepEqual(broken, [])
  t.is(records.length, 3)
  const [inside, ended, after] = records
  t.like(inside, { level: 'info', service: 'scan-api', package: 'left-pad', msg: 'looking up' })
  t.like(ended, { level: 'error', 'event.kind': 'span', trace_id: inside?.['trace_id'] })
  t.like(ended?.['span'], { name: 'scan', status: 'error', attributes: { 'scan.id': 's-42' } })
  t.like(ended?.['err'], { type: 'Error', message: 'registry unreachable' })
  t.like(after, { level: 'warn', msg: 'scan put off', trace_id: undefined })
  t.false(stdout.includes('hunter2'))
})
