// Tests provoke warnings of the library by the dozen; they are what is tested, not news for who runs the tests. All others are
// printed as Node prints them. That nothing warns unprovoked is tested in processes of their own, which must not write to stderr.
import process from 'node:process'

const printers = process.listeners('warning')
process.removeAllListeners('warning')
process.on('warning', (warning) => {
  if (warning.name === 'SeclogWarning') return
  for (const print of printers) print.call(process, warning)
})
