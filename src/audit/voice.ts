import { type RecordSink, warnOnce } from '../diagnostics.js'

/** Whether the disk takes what is written, and since when not. Says each change once. */
export class Condition {
  failing: string | undefined
  failingSince: string | undefined
  faults = 0
  private readonly path: string
  private readonly log: RecordSink | undefined

  constructor(path: string, log: RecordSink | undefined) {
    this.path = path
    this.log = log
  }

  failed(error: unknown, at: number): void {
    this.faults++
    const code = codeOf(error)
    if (this.failing === code) return
    this.failing = code
    this.failingSince ??= new Date(at).toISOString()
    this.say('error', `The audit log ${this.path} cannot be written: ${code}`)
  }

  works(lost: number): void {
    if (this.failing === undefined) return
    this.failing = undefined
    this.failingSince = undefined
    this.say('warn', `The audit log ${this.path} is written again; records lost so far: ${lost}`)
  }

  /** Runs what is not ours: what it throws or rejects with is counted. */
  contain(run: () => unknown): void {
    const count = (): void => {
      this.faults++
    }
    try {
      Promise.resolve(run()).catch(count)
    } catch {
      count()
    }
  }

  say(level: 'error' | 'warn', message: string): void {
    try {
      if (this.log === undefined) warnOnce(`audit:${level}:${this.path}`, message)
      else this.log.write(level, { audit_log: this.path }, message)
    } catch {
      this.faults++
    }
  }
}

export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : 'unknown'
}
