import { SeclogError, type SeclogErrorCode } from '../errors.js'
import type { ProcessLock } from '../process-lock.js'
import type { Redaction } from '../redaction/types.js'
import { BodyWriter } from './body.js'
import { type Chain, recoveryOf } from './chain.js'
import type { CheckpointReason } from './format.js'
import type { AuditSettings } from './options.js'
import type {
  AuditCheckpoint,
  AuditLog,
  AuditLogHealth,
  AuditLogOptions,
  AuditReceipt,
} from './types.js'
import { Condition, codeOf } from './voice.js'

export interface AuditWriterParts {
  readonly options: AuditLogOptions
  readonly settings: AuditSettings
  readonly chain: Chain
  readonly lock: ProcessLock
  readonly redaction: Redaction
  readonly now: () => number
}

/** A record on its way to the file. */
interface Waiting {
  readonly body: string
  readonly time: string
  readonly resolve: (receipt: AuditReceipt) => void
  readonly reject: (error: SeclogError) => void
}

/** Characters that may wait for a disk that does not take them. */
const mostWaiting = 16_777_216
/** Characters written at once. */
const mostAtOnce = 4_194_304
const retryMs = 250

/** Takes records, and brings them to the chain one turn after the other. */
export class AuditWriter implements Omit<AuditLog, typeof Symbol.asyncDispose> {
  readonly id: string
  private readonly parts: AuditWriterParts
  private readonly bodies: BodyWriter
  private readonly condition: Condition
  private queue: Waiting[] = []
  private waitingLength = 0
  private turn: Promise<unknown> = Promise.resolve()
  private scheduled = false
  private closed: Promise<void> | undefined
  private records = 0
  private checkpoints = 0
  private lost = 0
  /** Of those, how many a checkpoint has told of. */
  private lostTold = 0
  private lockLost = false
  private renewedAt = 0
  private sealTimer: NodeJS.Timeout | undefined
  private beatTimer: NodeJS.Timeout | undefined
  private retryTimer: NodeJS.Timeout | undefined

  constructor(parts: AuditWriterParts) {
    this.parts = parts
    this.id = parts.chain.id
    this.bodies = new BodyWriter(parts.redaction)
    this.condition = new Condition(parts.settings.path, parts.options.log)
    parts.chain.onSealed = (head, recovery) => {
      this.lostTold += recovery.lost ?? 0
      this.works()
      this.sealed(head)
    }
    this.sealed(parts.chain.head)
  }

  record(event: string, fields?: object): Promise<AuditReceipt> {
    const { settings, now } = this.parts
    const time = new Date(now()).toISOString()
    if (this.closed !== undefined)
      return this.refused(time, 'SECLOG_AUDIT_CLOSED', 'The audit log is closed.')
    const body = this.bodies.body(time, event, fields)
    if (this.waitingLength + body.length > mostWaiting) {
      this.lost++
      return this.refused(time, 'SECLOG_AUDIT_UNWRITABLE', 'Too many audit records wait.')
    }
    this.waitingLength += body.length
    return new Promise<AuditReceipt>((resolve, reject) => {
      this.queue.push({ body, time, resolve, reject })
      // Who may go on without the record need not wait for a disk that fails.
      if (!settings.required && this.condition.failing !== undefined)
        resolve({ id: this.id, time, written: false, durable: false })
      else this.schedule()
    })
  }

  async checkpoint(): Promise<AuditCheckpoint | undefined> {
    if (this.closed !== undefined) return undefined
    return this.inTurn(async () => {
      await this.drain()
      return (await this.seal('interval')) ? this.parts.chain.head : undefined
    })
  }

  async rotate(): Promise<boolean> {
    if (this.closed !== undefined) return false
    return (await this.inTurn(async () => (await this.drain()) && this.rotateNow())) ?? false
  }

  health(): AuditLogHealth {
    const { failing, failingSince, faults } = this.condition
    return {
      id: this.id,
      records: this.records,
      checkpoints: this.checkpoints,
      unsealed: this.parts.chain.unsealed,
      waiting: this.queue.length,
      lost: this.lost,
      faults,
      ...(failing === undefined ? {} : { failing }),
      ...(failingSince === undefined ? {} : { failingSince }),
    }
  }

  close(): Promise<void> {
    this.closed ??= this.inTurn(async () => {
      const drained = await this.drain()
      if (drained) await this.seal('close')
      for (const timer of [this.sealTimer, this.beatTimer, this.retryTimer]) clearTimeout(timer)
      this.lost += this.queue.length
      this.queue = []
      await this.parts.chain.close()
      this.parts.lock.release()
    })
    return this.closed
  }

  private refused(time: string, code: SeclogErrorCode, message: string): Promise<AuditReceipt> {
    if (this.parts.settings.required) return Promise.reject(new SeclogError(code, message))
    return Promise.resolve({ id: this.id, time, written: false, durable: false })
  }

  /** One at a time, in the order of the calls. */
  private inTurn<T>(task: () => Promise<T>): Promise<T | undefined> {
    const result = this.turn.then(task).catch((error: unknown) => {
      this.condition.failed(error, this.parts.now())
      return undefined
    })
    this.turn = result
    return result
  }

  private schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    const { groupMs } = this.parts.settings
    if (groupMs > 0) setTimeout(() => void this.inTurn(() => this.drain()), groupMs)
    else void this.inTurn(() => this.drain())
  }

  /** @returns Whether nothing waits any more. */
  private async drain(): Promise<boolean> {
    this.scheduled = false
    const { chain, settings } = this.parts
    while (this.queue.length > 0) {
      const batch = this.nextBatch()
      try {
        if (this.lockLost) throw Object.assign(new Error('lock'), { code: 'ELOCKED' })
        const places = await chain.append(batch.map(({ body }) => body))
        this.queue.splice(0, batch.length)
        for (const [index, { body, time, resolve }] of batch.entries()) {
          this.waitingLength -= body.length
          const durable = settings.fsync !== 'none'
          resolve({ id: this.id, time, ...places[index], written: true, durable })
        }
        this.records += batch.length
      } catch (error) {
        this.failed(error)
        return false
      }
      this.works()
      if (chain.unsealed >= settings.records || this.lost > this.lostTold) await this.seal('count')
      if (chain.size >= settings.rotateBytes) await this.rotateNow()
    }
    if (chain.unsealed > 0) {
      this.sealTimer ??= setTimeout(() => {
        this.sealTimer = undefined
        void this.inTurn(async () => chain.unsealed > 0 && (await this.seal('interval')))
      }, settings.intervalMs).unref()
    }
    return true
  }

  private nextBatch(): Waiting[] {
    const { chain, settings } = this.parts
    const most = settings.fsync === 'always' ? 1 : Math.max(1, settings.records - chain.unsealed)
    let count = 0
    let length = 0
    while (count < Math.min(most, this.queue.length) && length < mostAtOnce)
      length += (this.queue[count++] as Waiting).body.length
    return this.queue.slice(0, count)
  }

  private failed(error: unknown): void {
    this.condition.failed(error, this.parts.now())
    if (this.parts.settings.required) {
      const code = codeOf(error)
      for (const { reject } of this.queue) {
        const message = `The audit record could not be made durable (${code}).`
        reject(new SeclogError('SECLOG_AUDIT_UNWRITABLE', message, { cause: error }))
      }
      this.lost += this.queue.length
      this.queue = []
      this.waitingLength = 0
    } else this.tellUnwritten()
    this.retry()
  }

  private tellUnwritten(): void {
    for (const { time, resolve } of this.queue)
      resolve({ id: this.id, time, written: false, durable: false })
  }

  private retry(): void {
    if (this.closed !== undefined) return
    this.retryTimer ??= setTimeout(() => {
      this.retryTimer = undefined
      void this.inTurn(async () => {
        if (this.condition.failing === undefined) return
        if (this.queue.length > 0) await this.drain()
        else await this.seal('interval')
      })
    }, retryMs).unref()
  }

  private works(): void {
    this.condition.works(this.lost)
  }

  /** @returns Whether the checkpoint stands. */
  private async seal(why: CheckpointReason): Promise<boolean> {
    const { chain, settings } = this.parts
    try {
      await this.checkPlace()
      await chain.settle()
      const recovery = recoveryOf(chain, settings, this.lost - this.lostTold)
      if (recovery !== undefined) await chain.seal('recover', recovery)
      if (recovery === undefined || why === 'close') await chain.seal(why)
      this.works()
      return true
    } catch (error) {
      this.condition.failed(error, this.parts.now())
      this.retry()
      return false
    }
  }

  private async rotateNow(): Promise<boolean> {
    if (!(await this.seal('rotate'))) return false
    try {
      await this.parts.chain.rotate()
      return true
    } catch (error) {
      this.condition.failed(error, this.parts.now())
      this.retry()
      return false
    }
  }

  /** That the file is still the one at the path, and the chain still ours. */
  private async checkPlace(): Promise<void> {
    const { chain, lock, now } = this.parts
    if (!(await chain.isInPlace())) {
      // What is written to it from now on would be seen by nobody.
      await chain.close()
      throw Object.assign(new Error('moved'), { code: 'ESTALE' })
    }
    // A clock that is set back renews it too.
    if (Math.abs(now() - this.renewedAt) >= 1000) {
      this.lockLost = !lock.renew()
      this.renewedAt = now()
    }
    if (this.lockLost) throw Object.assign(new Error('lock'), { code: 'ELOCKED' })
  }

  private sealed(checkpoint: AuditCheckpoint): void {
    const { onCheckpoint } = this.parts.options
    const { heartbeatMs } = this.parts.settings
    if (checkpoint.why !== 'open') this.checkpoints++
    clearTimeout(this.sealTimer)
    this.sealTimer = undefined
    clearTimeout(this.beatTimer)
    this.beatTimer = setTimeout(() => {
      void this.inTurn(async () => this.closed === undefined && (await this.seal('heartbeat')))
    }, heartbeatMs).unref()
    this.condition.contain(() => onCheckpoint?.(checkpoint))
  }
}
