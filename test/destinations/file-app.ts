import process from 'node:process'
import { fileDestination } from '../../src/index.js'

/** Writes to the file that it is told of: half of the numbers while it rotates, all and a kill, or one at a time when it is asked. */
const [, , path = '', own] = process.argv
const destination = fileDestination({
  path,
  ...(own === undefined ? {} : { rotate: { size: 1_024 } }),
})
if (own === 'kill') {
  for (let n = 0; n < 5_000; n++) destination.write(`{"n":${n}}\n`)
  process.kill(process.pid, 'SIGKILL')
} else if (own === undefined) {
  destination.write('{"n":0}\n')
  process.on('SIGHUP', () => process.send?.('reopened'))
  process.on('message', () => {
    destination.write('{"n":1}\n')
    process.send?.('written')
  })
  process.send?.('begun')
} else {
  for (let n = Number(own); n < 10_000; n += 2) {
    destination.write(`{"n":${n}}\n`)
    if (n % 100 < 2) await new Promise(setImmediate)
  }
  destination.end()
}
