import test from 'ava'
import { runSeclog } from './run-seclog.js'

const lines = (numbers: readonly number[], instance = 'a1') =>
  numbers
    .map((number) => `{"level":"info","log.seq":${number},"instance":"${instance}"}\n`)
    .join('')

test('a log without gaps has status 0, one with gaps names them and has status 1', async (t) => {
  const whole = await runSeclog(['gaps'], { input: lines([0, 1, 2]) })
  t.deepEqual([whole.code, whole.stderr], [0, ''])
  t.is(whole.stdout, 'a1: 3 lines through number 2; none is missing.\n')
  const holed = await runSeclog(['gaps'], { input: lines([0, 1, 5, 7, 7]) + lines([0], 'b2') })
  t.is(holed.code, 1)
  t.is(
    holed.stdout,
    'a1: 4 lines through number 7, 1 of them more than once; 4 missing: 2 to 4, 6.\n' +
      'b2: 1 lines through number 0; none is missing.\n',
  )
})

test('as JSON', async (t) => {
  const { stdout, code } = await runSeclog(['gaps', '--json'], {
    input: `${lines([1])}{"msg":"x"}\n`,
  })
  t.is(code, 1)
  t.deepEqual(JSON.parse(stdout), {
    instances: [{ instance: 'a1', lines: 1, first: 1, last: 1, missing: [[0, 0]], repeated: 0 }],
    unnumbered: 1,
  })
})

test('lines without numbers are no proof: status 2, and what to do', async (t) => {
  const { stderr, code } = await runSeclog(['gaps'], { input: '{"msg":"x"}\nbroken\n' })
  t.is(code, 2)
  t.regex(stderr, /1 line is not JSON/)
  t.regex(stderr, /No line has a number: create the logger with the option sequence\./)
})
