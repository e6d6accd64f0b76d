import { open } from 'node:fs/promises'
import process from 'node:process'
import { exitCodes } from './cli-error.js'
import { type Command, type Invocation, type Io, textOption } from './command.js'
import { followFile } from './follow-file.js'
import { createLineScanner } from './line-scanner.js'
import { lineSources } from './line-source.js'
import { readCount } from './option-values.js'
import { parseLine } from './parse-line.js'
import { createTraceStore, type TraceStore } from './trace-store.js'
import { startViewServer } from './view-server.js'

/** OTLP's own port for HTTP: services that were told nothing send their spans there. */
const defaultPort = 4318

export const command: Command = {
  usage: ['[options] [FILE…]'],
  about:
    'Shows traces in a browser as they happen: of files that are being written, of standard input, and of spans that services send.',
  options: {
    port: { type: 'string', value: 'N', about: 'port to serve on (4318); 0 for any that is free' },
    memory: {
      type: 'string',
      value: 'MB',
      about: 'megabytes of lines to hold (64); older traces make room',
    },
    new: { type: 'boolean', about: 'only what is written from now on' },
  },
  notes: [
    'It listens on the loopback addresses of this machine only, and answers no page of another origin. Spans are taken as OTLP/HTTP, JSON or protobuf, at /v1/traces: where services send them by themselves, or with OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318. Everything is held in memory and gone at the end.',
  ],
  examples: [
    ['seclog view logs/*.jsonl', 'files, now and as they grow'],
    ['node app.js | seclog view', 'a service while it runs'],
    ['seclog view', 'nothing but spans that are sent'],
  ],
  async run({ io, options, positionals }: Invocation): Promise<number> {
    const port = readCount('port', textOption(options, 'port'), {
      fallback: defaultPort,
      min: 0,
      max: 65_535,
    })
    const megabytes = readCount('memory', textOption(options, 'memory'), {
      fallback: 64,
      max: 4_096,
    })
    const store = createTraceStore(megabytes * 1024 * 1024)
    const counts = { broken: 0 }
    const said = new Set<string>()
    const say = (text: string): void => {
      if (said.has(text) || said.size > 100) return
      said.add(text)
      void io.err.write(`${text}\n`)
    }
    const ended = untilEnded(io)
    const inputs = await openInputs(positionals, io, options['new'] === true, ended)
    const server = await startViewServer({
      port,
      store,
      sources: inputs.map(({ name }) => name),
      remarks: () => remarksOf(store, counts.broken),
      say,
    })
    const base = `http://127.0.0.1:${server.port}`
    await io.out.write(`${base}/\n`)
    await io.err.write(
      `Traces are shown there; spans are taken at ${base}/v1/traces. Ctrl+C ends it.\n`,
    )
    const reading = inputs.map(async ({ name, chunks }) => {
      try {
        await readInto(store, chunks, counts, server.changed)
      } catch (error) {
        if (!ended.aborted) say(`${name}: ${error instanceof Error ? error.message : error}`)
      }
    })
    if (!ended.aborted)
      await new Promise((resolve) => ended.addEventListener('abort', resolve, { once: true }))
    io.stdin.destroy()
    await server.close()
    await Promise.all(reading)
    return exitCodes.ok
  },
}

interface Input {
  readonly name: string
  readonly chunks: AsyncIterable<Buffer>
}

/** Files are followed; what is no plain file is read until it ends. */
async function openInputs(
  paths: readonly string[],
  io: Io,
  fromEnd: boolean,
  signal: AbortSignal,
): Promise<Input[]> {
  const isPiped = io.stdin.isTTY !== true
  if (paths.length === 0 && !isPiped) return []
  const sources = await lineSources(paths, io)
  return Promise.all(
    sources.map(async (source) => {
      const { name } = source
      const follow = source.again && !(await isGzip(name))
      const chunks = follow ? followFile(name, { signal, fromEnd }) : source.chunks()
      return { name, chunks }
    }),
  )
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b
  } finally {
    await file.close()
  }
}

async function readInto(
  store: TraceStore,
  chunks: AsyncIterable<Buffer>,
  counts: { broken: number },
  changed: () => void,
): Promise<void> {
  const scanner = createLineScanner((line) => {
    if (line.trim() === '') return
    const record = parseLine(line)
    if (record === undefined) counts.broken += 1
    else store.add(record, line.length, 'line')
  })
  for await (const chunk of chunks) {
    scanner.push(chunk)
    changed()
  }
  scanner.end()
  changed()
}

function remarksOf(store: TraceStore, broken: number): readonly string[] {
  const { dropped, cut, untraced } = store
  return [
    ...(broken > 0 ? [`${broken} lines are not JSON.`] : []),
    ...(untraced > 0 ? [`${untraced} lines are of no trace.`] : []),
    ...(dropped > 0 ? [`${dropped} older traces have made room.`] : []),
    ...(cut > 0 ? [`${cut} lines of traces that are too large are left out.`] : []),
  ]
}

/** By a signal of the process, or since nobody reads what is written. */
function untilEnded(io: Io): AbortSignal {
  const ended = new AbortController()
  const end = (): void => ended.abort()
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
  io.signal.addEventListener('abort', end)
  return ended.signal
}
