/**
 * Lines to Elasticsearch through a spool on the disk: a destination, and the same as a transport of pino.
 *
 * @module
 */

export type { ElasticsearchDestination } from './elasticsearch-destination.js'
export { elasticsearchDestination } from './elasticsearch-destination.js'
// A target of pino's `transport` is the default export of its module.
export { elasticsearchTransport as default } from './transport.js'
export type { DeliveryHealth, ElasticsearchAuth, ElasticsearchOptions } from './types.js'
