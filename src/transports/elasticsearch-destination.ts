import process from 'node:process'
import { Worker } from 'node:worker_threads'
import { findOwnFile } from '#require'
import { atExit } from '../destinations/at-exit.js'
import type { LeveledStream } from '../destinations/stdout.js'
import { SeclogError } from '../errors.js'
import { createRedactor } from '../redaction/redactor.js'
import { type DeliverySettings, resolveDelivery } from './options.js'
import { SharedCounts } from './shared-counts.js'
import type { ShipOrder, ShipWork } from './ship-worker.js'
import type { ShipperNews } from './shipper.js'
import { Spool, type WriteFrame } from './spool.js'
import type { DeliveryHealth, ElasticsearchOptions } from './types.js'

const info = 30
const firstRestartMs = 1_000
const longestRestartMs = 30_000

/** A destination of lines that reach Elasticsearch, now or after the next start. */
export interface ElasticsearchDestination extends LeveledStream, AsyncDisposable {
  /** Forces what was written to the disk, then calls back: what is on the disk is not lost. */
  flush(callback?: (error?: Error) => void): void
  flushSync(): void
  /** Ships what is there if the server takes it at once, and ends; what it does not take waits for the next start. */
  end(callback?: () => void): void
  health(): DeliveryHealth
}

/**
 * A destination for `createSecurityLogger` or pino that ships lines to a data stream of Elasticsearch, and loses none: a line is in a
 * file when the call returns, where a kill of the process does not reach it, and a thread of its own ships from there.
 *
 * Use it with `format: 'ecs'`. Lines of other formats get an `@timestamp` from their `time`. They are stored and sent as they are: a
 * `SecurityLogger` has redacted them.
 *
 * @throws SeclogError `SECLOG_OPTION_INVALID`, `SECLOG_SPOOL_LOCKED` when another process has the spool, `SECLOG_SPOOL_UNUSABLE`
 * @example
 * const destination = elasticsearchDestination({ url: 'https://elastic.example:9200', spool: '/var/spool/scan-api', dataset: 'scan_api' })
 * const log = createSecurityLogger({ service: 'scan-api', format: 'ecs' }, destination)
 */
export function elasticsearchDestination(options: ElasticsearchOptions): ElasticsearchDestination {
  return new SpoolingDestination(resolveDelivery(options))
}

/** As {@link elasticsearchDestination}, from settings; for tests with another way to write. */
export class SpoolingDestination implements ElasticsearchDestination {
  readonly #settings: DeliverySettings
  readonly #counts = new SharedCounts()
  readonly #spool: Spool
  readonly #path: string
  readonly #stayed: () => void
  #worker: Worker | undefined
  #restartMs = firstRestartMs
  #lastError: string | undefined
  #isEnding = false
  #isEnded = false
  #ended: (() => void)[] = []

  constructor(settings: DeliverySettings, write?: WriteFrame) {
    this.#settings = settings
    this.#path = ownWorker()
    this.#spool = new Spool(settings, this.#counts, write)
    this.#stayed = atExit(() => this.#closeSpool())
    this.#start()
  }

  write(line: string): void {
    this.writeLeveled(line, info)
  }

  writeLeveled(line: string, level: number): void {
    if (this.#isEnding) throw new Error('the destination is closed')
    try {
      this.#spool.append(line.endsWith('\n') ? line.slice(0, -1) : line, level)
    } finally {
      if (this.#counts.get('bytes') > this.#settings.maxBytes) this.#order('full')
      if (this.#counts.wake()) this.#order('more')
    }
  }

  flush(callback?: (error?: Error) => void): void {
    this.#spool.sync()
    callback?.()
  }

  flushSync(): void {
    this.#spool.sync()
  }

  end(callback?: () => void): void {
    if (callback !== undefined) this.#ended.push(callback)
    if (this.#isEnded) this.#callBack()
    if (this.#isEnding) return
    this.#isEnding = true
    this.#spool.sync()
    if (this.#worker === undefined) this.#finish()
    else {
      this.#worker.ref()
      this.#order('close')
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => this.end(resolve))
  }

  health(): DeliveryHealth {
    const count = this.#counts.get.bind(this.#counts)
    const [spooled, found, delivered, dead] = [
      count('spooled'),
      count('found'),
      count('delivered'),
      count('dead'),
    ]
    const oldest = count('oldest')
    // New lines for which there was no room were never on the disk; those of a segment that went were.
    const gone = delivered + dead + count('deadDropped') + count('fullOnDisk')
    return {
      state: this.#counts.state,
      spooled,
      found,
      backlog: Math.max(0, spooled + found - gone),
      bytes: count('bytes'),
      oldestMs: oldest === 0 ? 0 : Math.max(0, Date.now() - oldest),
      delivered,
      duplicates: count('duplicates'),
      dead,
      dropped: {
        full: count('full') + count('fullOnDisk'),
        disk: count('disk'),
        dead: count('deadDropped'),
      },
      corrupt: count('corrupt'),
      waiting: this.#spool.waiting,
      ...(this.#lastError !== undefined && { lastError: this.#lastError }),
    }
  }

  #start(): void {
    const workerData: ShipWork = {
      settings: this.#settings,
      spoolId: this.#spool.id,
      memory: this.#counts.memory,
    }
    // Without the preloads of the app: what ships lines makes no spans and no lines.
    const worker = new Worker(this.#path, {
      workerData,
      execArgv: [],
      name: 'seclog-elasticsearch',
    })
    worker.unref()
    worker.on('message', (news: ShipperNews) => this.#hear(news))
    worker.on('error', (error) => {
      this.#lastError = `the thread that ships has died: ${error.message.slice(0, 300)}`
    })
    worker.on('exit', () => this.#onWorkerExit())
    this.#worker = worker
  }

  #onWorkerExit(): void {
    this.#worker = undefined
    if (this.#isEnding) this.#finish()
    else this.#startAgain()
  }

  #startAgain(): void {
    this.#say(
      `${this.#lastError ?? 'the thread that ships has ended'}; it is started again, and lines wait on the disk`,
    )
    setTimeout(() => {
      if (!this.#isEnding) this.#start()
    }, this.#restartMs).unref()
    this.#restartMs = Math.min(this.#restartMs * 2, longestRestartMs)
  }

  #finish(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#stayed()
    this.#closeSpool()
    this.#callBack()
  }

  #callBack(): void {
    for (const callback of this.#ended.splice(0)) callback()
  }

  /** Puts what waits in memory on the disk, if it takes it. */
  #closeSpool(): void {
    const lines = this.#spool.close()
    if (lines > 0) this.#say(`${lines} lines are lost: the disk did not take them before the end`)
  }

  #order(order: ShipOrder): void {
    this.#worker?.postMessage(order)
  }

  #hear(news: ShipperNews): void {
    if (news.kind === 'dropped') this.#reportDropped(news.lines)
    else if (news.kind === 'fault') this.#say(news.reason)
    else if (news.kind === 'state' && news.state === 'delivering') {
      this.#restartMs = firstRestartMs
      this.#say('lines reach Elasticsearch again')
    } else if (news.kind === 'state') {
      this.#lastError = redactor.text(news.reason)
      this.#say(`no line reaches Elasticsearch: ${this.#lastError}. Lines wait on the disk`)
    }
  }

  /** One record of all that went, beside those that arrive. */
  #reportDropped(lines: number): void {
    const record = {
      '@timestamp': new Date().toISOString(),
      'log.level': 'warn',
      message: `${lines} log lines were dropped: more waited on the disk than may`,
      'ecs.version': '9.4.0',
      event: { kind: 'pipeline_error', dataset: this.#settings.dataStream.split('-')[1] },
      log: { logger: 'seclog' },
      labels: { dropped_lines: lines },
    }
    try {
      this.writeLeveled(JSON.stringify(record), Number.POSITIVE_INFINITY)
    } catch {
      // It is closed, or full again: the next report has the number in health().
    }
  }

  #say(text: string): void {
    process.emitWarning(`${this.#settings.dataStream}: ${text}.`, {
      type: 'SeclogWarning',
      code: 'SECLOG_DELIVERY',
    })
  }
}

const redactor = createRedactor()

/** @throws SeclogError `SECLOG_SPOOL_UNUSABLE` where a bundle has left the file behind. */
function ownWorker(): string {
  const path = findOwnFile('transports/ship-worker.js')
  if (path !== undefined) return path
  throw new SeclogError(
    'SECLOG_SPOOL_UNUSABLE',
    'The file of the thread that ships was not found: in a bundle, keep seclog external, or install it beside the bundle.',
  )
}
