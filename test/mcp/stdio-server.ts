import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { pino } from 'pino'
import { createSecurityLogger } from '../../src/index.js'
import { createScanner } from './server.js'

/** A server process: standard output belongs to the protocol, so lines go to standard error. */
const log = createSecurityLogger({ service: 'scanner' }, pino.destination({ fd: 2, sync: true }))
await createScanner(log).connect(new StdioServerTransport())
