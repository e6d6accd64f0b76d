import test from 'ava'
import { createSecurityLogger } from '../../src/index.js'
import { memoryDestination } from '../../src/testing/index.js'

for (const [format, key] of [
  ['json', 'logger'],
  ['pino', 'name'],
  ['ecs', 'log.logger'],
] as const) {
  test(`no field of a call or a scope takes the name of a logger away in ${format}`, (t) => {
    const destination = memoryDestination()
    const log = createSecurityLogger({ name: 'scanner', format }, destination)
    log.info({ logger: 'forged', name: 'forged', 'log.logger': 'forged' }, 'call')
    log.withFields({ name: 'ambient' }, () => log.info('scope'))
    log.child({ name: 'parser' }).info('child')
    const names = destination.records.map((record) => record[key])
    t.deepEqual(names, ['scanner', 'scanner', 'parser'])
  })
}
