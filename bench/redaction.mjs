/** What redaction costs by itself: in nanoseconds, megabytes a second, and how the time grows with hostile text. */
import { createMeasure } from './measure.mjs'
import { loadBuilt } from './project.mjs'

const sentence =
  'scan of left-pad 1.3.0 finished in 812 ms, 14 files, 2 findings; next run at noon. '
const token = ['ghp', 'x7Qm2LkT9vRw4ZbN1cYd8FhJ3sGpA6uE5oKi'].join('_')

/** Text of `length` characters with a token every `every` characters, or none. */
function prose(length, every = Number.POSITIVE_INFINITY) {
  let text = ''
  let next = every
  while (text.length < length) {
    text += sentence
    if (text.length >= next) {
      text += `token ${token} `
      next += every
    }
  }
  return flat(text.slice(0, length))
}

/** One piece of memory instead of a rope, as text that was read from somewhere is. */
const flat = (text) => Buffer.from(text).toString()

/** A record of 500 bytes with nothing to hide in it. */
const cleanRecord = {
  scan: { id: 's-1042', target: 'left-pad', version: '1.3.0', files: 14, bytes: 48213 },
  findings: [
    { rule: 'no-integrity', severity: 'high', line: 120 },
    { rule: 'install-script', severity: 'medium', line: 88 },
  ],
  host: { name: 'worker-17.eu-central-1', zone: 'b', cpus: 4 },
  note: 'two entries were resolved over plain http and one has no integrity hash at all',
  steps: ['read the lock file', 'resolve the registry', 'compare the hashes', 'write the report'],
  durationMs: 812.25,
  cached: false,
}

const hostile = {
  a: 'a',
  0: '0',
  '-': '-',
  '=': '=',
  ':': ':',
  '@': '@',
  '"': '"',
  '\\': '\\',
  'eyJ.': 'eyJ.',
  'password=': 'password=',
  'Bearer ': 'Bearer ',
  '://a:': '://a:',
  '4111 ': '4111 ',
  '-----BEGIN ': '-----BEGIN ',
  A1b2: 'A1b2',
}

/** Runs in a process of its own. */
export async function redactionFigures(milliseconds) {
  const { createRedaction } = await loadBuilt('redaction/engine.js')
  const { SafeWriter } = await loadBuilt('redaction/serialize.js')
  const redactor = createRedaction()
  const writer = new SafeWriter(redactor)
  const measure = createMeasure({})
  const nanoseconds = async (key, run) => {
    const loop = (n) => {
      for (let i = 0; i < n; i++) run(i)
    }
    await measure(key, loop, milliseconds)
    return (await measure(key, loop, milliseconds)).cpu
  }
  const speed = async (text) =>
    (text.length / (await nanoseconds(text, () => redactor.text(text)))) * 1000
  const figures = {
    'clean text, MB/s': await speed(prose(1 << 20)),
    'clean text of 120 characters, MB/s': await speed(prose(120)),
    'text with a token every 2 kB, MB/s': await speed(prose(1 << 20, 2048)),
    'clean record of 500 bytes, ns beyond JSON.stringify':
      (await nanoseconds('line', () => writer.begin().value(cleanRecord))) -
      (await nanoseconds('json', () => JSON.stringify(cleanRecord))),
    'clean record of 500 bytes, its bytes': Buffer.byteLength(JSON.stringify(cleanRecord)),
  }
  for (const [name, pattern] of Object.entries(hostile))
    figures[`1 MB of "${name}"`] = growth(redactor, pattern)
  return figures
}

/** Milliseconds for a megabyte, and the factor that doubling it costs: the best of several runs. */
function growth(redactor, pattern) {
  const best = (length) => {
    const text = flat(pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length))
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i < 5; i++) {
      const before = performance.now()
      redactor.text(text)
      least = Math.min(least, performance.now() - before)
    }
    return least
  }
  const milliseconds = best(1 << 20)
  return { milliseconds, doubling: best(1 << 21) / milliseconds }
}

/** A table for people. */
export function printRedaction(figures) {
  console.log('\nRedaction by itself')
  for (const [name, value] of Object.entries(figures)) {
    const shown =
      typeof value === 'number'
        ? value.toFixed(0)
        : `${value.milliseconds.toFixed(1)} ms, doubled ${value.doubling.toFixed(2)} times that`
    console.log(`${name.padEnd(54)}${shown}`)
  }
}
