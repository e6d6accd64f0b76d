import { readFileSync } from 'node:fs'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import test, { type ExecutionContext } from 'ava'
import { type CorpusEntry, type ErrorInput, errorOf, fill, survives } from '../../bench/score.js'
import { createSecurityLogger, withSpan } from '../../src/index.js'
import { createRedaction } from '../../src/redaction/engine.js'
import { setProcessRedaction } from '../../src/redaction/process-wide.js'
import { serializeValue } from '../../src/redaction/serialize.js'
import { withToolSpan } from '../../src/spans/index.js'
import { memoryDestination } from '../../src/testing/index.js'
import { registerProvider, unregister } from './otel.js'

const { entries } = JSON.parse(readFileSync('test/data/secrets-dev.json', 'utf8')) as {
  readonly entries: readonly CorpusEntry[]
}

interface Planted {
  readonly entry: CorpusEntry
  readonly input: unknown
  readonly cores: readonly string[]
  /** The strings of the input that hold a secret. */
  readonly texts: readonly string[]
}

const planted: readonly Planted[] = entries
  .filter(({ label }) => label === 'positive')
  .map((entry) => {
    const input = fill(entry.input, entry)
    const cores = [entry.secret, entry.secret2].flatMap((secret) => secret?.[1] ?? [])
    const texts = stringsOf(input).filter((text) => cores.some((core) => text.includes(core)))
    return { entry, input, cores, texts }
  })

const ruleSets = [
  { title: 'the default rules', options: {} },
  { title: 'PII rules too', options: { rules: { pii: true } } },
] as const

const context = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }

test.afterEach.always(() => {
  unregister()
  setProcessRedaction(undefined)
})

for (const { title, options } of ruleSets) {
  test.serial(
    `each position of an exported span holds what the redactor made of it: ${title}`,
    (t) => {
      const rules = createRedaction(options)
      setProcessRedaction(rules)
      const otel = registerProvider()
      const texts = new Set(planted.flatMap((one) => one.texts))
      t.true(texts.size > 250)
      const caught: string[] = []
      for (const text of texts) {
        const safe = rules.text(text)
        if (safe !== text) caught.push(text)
        plantText(text)
        const [span, outer] = otel.finished().slice(-2) as [ReadableSpan, ReadableSpan]
        t.is(outer.name, safe)
        t.is(span.name, safe)
        t.deepEqual(outer.attributes, { note: safe, notes: [safe], 'error.type': '_OTHER' })
        t.deepEqual(outer.status, { code: 2, message: safe })
        t.deepEqual(
          outer.links.map((link) => link.attributes),
          [{ note: safe }, { note: safe }],
        )
        t.like(outer.events[0], { name: safe, attributes: { note: safe } })
        t.is(outer.events.at(-1)?.attributes?.['exception.message'], safe)
        t.false(outer.events.length < 2)
        t.deepEqual(span.status, { code: 2, message: safe })
        t.is(span.attributes['gen_ai.tool.call.id'], safe)
        t.is(span.attributes['gen_ai.tool.call.arguments'], safe)
        t.is(span.attributes['gen_ai.tool.call.result'], safe)
      }
      t.true(caught.length > 150, `${caught.length}`)
    },
  )

  test.serial(
    `no secret that a log line masks leaves in a span or in its record: ${title}`,
    (t) => {
      const rules = createRedaction(options)
      setProcessRedaction(rules)
      const otel = registerProvider()
      const destination = memoryDestination()
      const log = createSecurityLogger({ redact: options }, destination)
      let masked = 0
      for (const one of planted) {
        const reference = lineOf(one, rules)
        const cores = one.cores.filter((core) => !survives(reference, core))
        masked += cores.length
        const before = otel.finished().length
        destination.clear()
        plantWhole(one, log.withSpan)
        const exported = JSON.stringify(otel.finished().slice(before).map(visible))
        const recorded = destination.lines.join('\n')
        checkAbsent(t, exported, cores, one)
        checkAbsent(t, recorded, cores, one)
      }
      t.true(masked > 200, `${masked}`)
    },
  )
}

function checkAbsent(
  t: ExecutionContext,
  output: string,
  cores: readonly string[],
  { entry }: Planted,
): void {
  const left = cores.filter((core) => survives(output, core))
  if (left.length > 0)
    t.fail(`${entry.id} ${entry.kind} ${entry.carrier}: ${output.slice(0, 2000)}`)
  else t.pass()
}

function plantText(text: string): void {
  const link = { context, attributes: { note: text } }
  try {
    withSpan(text, { attributes: { note: text }, links: [link] }, (span) => {
      span.setAttribute('notes', [text])
      span.addEvent(text, { note: text })
      span.addLink(link)
      withToolSpan(
        { name: 't', callId: text, arguments: text },
        { record: ['arguments', 'result'] },
        (tool) => tool.updateName(text).setStatus({ code: 2, message: text }) && text,
      )
      throw text
    })
  } catch {
    // It is the span that is looked at.
  }
}

function plantWhole({ entry, input }: Planted, within: typeof withSpan): void {
  try {
    if (entry.as === 'object') {
      const attributes = input as Record<string, unknown>
      const options = { attributes, links: [{ context, attributes }] }
      within('work', options, (span) =>
        span.addEvent('step', attributes).setAttributes({ attributes }),
      )
      return
    }
    within('work', (span) => {
      if (entry.as === 'message') span.addEvent(String(input)).setAttribute('said', input)
      throw entry.as === 'error' ? errorOf(input as ErrorInput) : new Error(String(input))
    })
  } catch {
    // It is the span that is looked at.
  }
}

function lineOf({ entry, input }: Planted, rules: ReturnType<typeof createRedaction>): string {
  return serializeValue(
    entry.as === 'error' ? { err: errorOf(input as ErrorInput) } : { input },
    rules,
  )
}

function stringsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : []
}

function visible(span: ReadableSpan): object {
  const { name, attributes, events, links, status } = span
  return { name, attributes, events, links, status }
}
