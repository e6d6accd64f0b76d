import type { RecordSink } from '../diagnostics.js'
import { warnOnce } from '../diagnostics.js'
import type { TracingHealth, TracingLogger } from './types.js'

/** What tracing says about itself. Nothing here throws. */
export interface Voice {
  say(level: 'info' | 'warn', fields: object, message: string): void
}

/** A voice in the given log, else in the warnings of the process, where only what is wrong is said. */
export function createVoice(log: RecordSink | TracingLogger | undefined): Voice {
  return {
    say(level, fields, message) {
      try {
        if (log === undefined) {
          if (level === 'warn') warnOnce(`tracing:${message.split(':', 1)[0]}`, message)
        } else if ('write' in log && typeof log.write === 'function') {
          log.write(level, { ...fields }, message)
        } else if ('warn' in log) log[level](fields, message)
      } catch {
        // A logger that fails must not fail tracing.
      }
    },
  }
}

/** The counters as fields of a record. */
export function healthFields(health: TracingHealth): object {
  const { state, exported, dropped, queued, failingSince, lastError } = health
  return {
    tracing: {
      state,
      exported,
      dropped,
      queued,
      ...(failingSince === undefined ? {} : { failing_since: failingSince }),
      ...(state === 'working' || lastError === undefined ? {} : { error: lastError }),
    },
  }
}
