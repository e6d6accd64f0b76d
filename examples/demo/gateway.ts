import { readFile, stat } from 'node:fs/promises'
import type { Decision } from './policy.js'
import { type Service, startService } from './service.js'
import { largestLockfile, patience, tooLarge } from './settings.js'
import { formatTraceparent } from './traceparent.js'

/** The lock file cannot be scanned; the message is a sentence for whoever asked. */
class SubmitError extends Error {
  override readonly name: string = 'SubmitError'
}

/** Has one lock file scanned, and ends. Arguments: the scanner's address, the file. */
async function main([scanner = '', path = '']: readonly string[]): Promise<void> {
  const service = await startService('gateway')
  try {
    await submit(service, scanner, path)
  } catch (error) {
    process.exitCode = 1
    console.error(error instanceof SubmitError ? error.message : `The scan failed: ${error}`)
  }
  await service.stop()
}

function submit({ log }: Service, scanner: string, path: string): Promise<void> {
  return log.withSpan('submit lock file', { attributes: { 'file.path': path } }, async () => {
    const text = await log.withSpan('read lock file', () => read(path))
    log.info({ path, characters: text.length }, 'lock file read')
    const { verdict, reasons } = await post({ log }, scanner, text)
    log[verdict === 'allow' ? 'info' : 'warn']({ verdict, reasons }, 'verdict')
  })
}

async function read(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new SubmitError(`The lock file ${path} does not exist or cannot be read.`, { cause })
  })
  if (!found.isFile()) throw new SubmitError(`${path} is not a file.`)
  if (found.size > largestLockfile) throw new SubmitError(tooLarge)
  return readFile(path, 'utf8')
}

function post({ log }: Pick<Service, 'log'>, scanner: string, body: string): Promise<Decision> {
  const url = new URL('/scans', scanner)
  return log.withSpan('POST /scans', { kind: 'client' }, async (span) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { traceparent: formatTraceparent(span.spanContext()) },
      body,
      signal: AbortSignal.timeout(patience),
    })
    span.setAttribute('http.response.status_code', response.status)
    const answer: unknown = await response.json()
    if (response.ok) return answer as Decision
    throw new SubmitError((answer as { error: string }).error)
  })
}

await main(process.argv.slice(2))
