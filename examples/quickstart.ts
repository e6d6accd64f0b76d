import { createSecurityLogger } from 'seclog'

const log = createSecurityLogger({ service: 'scan-api' })

await log
  .withSpan('scan', { attributes: { 'scan.id': 's-42' } }, async () => {
    log.info({ package: 'left-pad', password: 'hunter2' }, 'looking up')
    throw new Error('registry unreachable')
  })
  .catch(() => log.warn('scan put off'))
