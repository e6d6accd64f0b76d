/** Credentials of Elasticsearch; they are never logged. */
export type ElasticsearchAuth =
  | { readonly apiKey: string }
  | { readonly bearer: string }
  | { readonly username: string; readonly password: string }

/** How lines reach Elasticsearch, and where they wait until they have. */
export interface ElasticsearchOptions {
  /** Of the server, such as `https://elastic.example:9200`. Plain http is refused but to loopback. */
  readonly url: string
  /** The folder in which lines wait, on a disk of this machine; made if it is missing, with mode 0700. One process to a folder. */
  readonly spool: string
  /** The middle part of the data stream's name. Default: `generic`, as Elastic's. */
  readonly dataset?: string
  /** The last part of the data stream's name. Default: `default`. */
  readonly namespace?: string
  readonly auth?: ElasticsearchAuth
  readonly tls?: {
    /** Certificates of the authorities to trust, PEM. Default: those of Node. */
    readonly ca?: string
    /** SHA-256 of the server's certificate or of an authority that signed it, in hexadecimal, with or without colons. */
    readonly fingerprint?: string
  }
  /** Allows plain http to other machines: lines and credentials can be read on the way. Default: `false`. */
  readonly allowHttp?: boolean
  /** Of requests. Default: `gzip`. */
  readonly compression?: 'gzip' | 'none'
  /** After how many milliseconds a request is given up and tried again. Default: 10,000. */
  readonly requestTimeout?: number
  /** The bounds between which the pause before another try grows, in milliseconds. Default: 100 and 30,000. */
  readonly retryDelay?: { readonly min?: number; readonly max?: number }
  /** How long lines are gathered before a request that is not full, in milliseconds. Default: 500. */
  readonly flushInterval?: number
  /** The most lines and bytes of one request. Default: 1,000 and 5 MiB. */
  readonly batch?: { readonly lines?: number; readonly bytes?: number }
  /**
   * When lines are forced to the disk: every 200 ms (`interval`), before the call returns (`always`), or when the system likes
   * (`none`). A kill of the process loses none in either case; this is about a loss of power. Default: `interval`.
   */
  readonly fsync?: 'interval' | 'always' | 'none'
  /** Bytes that may wait on the disk, give or take one segment. Default: 256 MiB. */
  readonly maxBytes?: number
  /** Bytes of one file of the spool. Default: 8 MiB. */
  readonly segmentBytes?: number
  /** What goes when `maxBytes` wait: the oldest segment, or new lines (those below error first). Default: `drop-oldest`. */
  readonly whenFull?: 'drop-oldest' | 'drop-new'
  /** Bytes of the file of lines that the server will never take. Default: 64 MiB. */
  readonly maxDeadLetterBytes?: number
}

/** How delivery fares; counts are of this process. */
export interface DeliveryHealth {
  /** `idle` before the first answer, `failing` while the server cannot be reached or is busy, `refused` when it denies access. */
  readonly state: 'idle' | 'delivering' | 'failing' | 'refused'
  /** Lines that a call has put on the disk. */
  readonly spooled: number
  /** Lines of earlier processes that were found on the disk. */
  readonly found: number
  /** Lines that wait on the disk. */
  readonly backlog: number
  /** Bytes on the disk. */
  readonly bytes: number
  /** Age of the oldest line that waits, in milliseconds. */
  readonly oldestMs: number
  /** Lines that Elasticsearch has. */
  readonly delivered: number
  /** Of those, how many it had already: their answer had been lost. */
  readonly duplicates: number
  /** Lines in the file of dead letters. */
  readonly dead: number
  /** Lines lost, by reason: no room on the disk's share (`full`), the disk fails (`disk`), no room among the dead letters (`dead`). */
  readonly dropped: Readonly<Record<'full' | 'disk' | 'dead', number>>
  /** Damaged frames; their bytes are among the dead letters, and counted there. */
  readonly corrupt: number
  /** Lines in memory since the disk does not take them. */
  readonly waiting: number
  /** The last failure, in a few words. */
  readonly lastError?: string
}
