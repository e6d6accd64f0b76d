import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import test from 'ava'
import { pino } from 'pino'
import { createSecurityLogger, SeclogError } from '../../src/index.js'
import { traceMcpClient, traceMcpServer } from '../../src/mcp/index.js'
import { memoryDestination } from '../../src/testing/index.js'

const log = createSecurityLogger({}, memoryDestination())

test('what is no client or server, and options that cannot be meant, are refused in a sentence', (t) => {
  const client = new Client({ name: 'gateway', version: '1.0.0' })
  const refused: readonly (readonly [() => unknown, RegExp])[] = [
    [() => traceMcpClient({} as never, { log }), /^Only a Client/],
    [() => traceMcpClient(undefined as never, { log }), /^Only a Client/],
    [() => traceMcpServer({ server: {} } as never, { log }), /^Only a Client/],
    [() => traceMcpServer(null as never, { log }), /^Only a Client/],
    [() => traceMcpClient(client, undefined as never), /^The option log/],
    [() => traceMcpClient(client, { log: pino() as never }), /^The option log/],
    [() => traceMcpClient(client, { log, trust: 'yes' as never }), /^The option trust/],
  ]
  for (const [call, message] of refused) {
    t.throws(call, { instanceOf: SeclogError, code: 'SECLOG_OPTION_INVALID', message })
  }
  t.is(traceMcpClient(client, { log, trust: ['10.0.0.0/8'] }), client)
})
