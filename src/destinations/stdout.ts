import process from 'node:process'
import pino from 'pino'

/**
 * Standard output, written synchronously: what a log call has returned from is out, whatever ends the process next.
 *
 * When something has replaced `process.stdout.write` (a test runner, a capture), lines go through that.
 */
export function standardOutput(onError: () => void): pino.DestinationStream {
  const { stdout } = process
  if (stdout.write !== Object.getPrototypeOf(stdout).write && Object.hasOwn(stdout, 'write')) {
    return stdout
  }
  const destination = pino.destination({ dest: stdout.fd ?? 1, sync: true })
  destination.on('error', onError)
  return destination
}
