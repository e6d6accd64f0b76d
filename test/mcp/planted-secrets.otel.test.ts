import { readFileSync } from 'node:fs'
import test from 'ava'
import { z } from 'zod'
import { type CorpusEntry, fill, survives } from '../../bench/score.js'
import { createRedaction } from '../../src/redaction/engine.js'
import { registerProvider, unregister } from '../spans/otel.js'
import { inMemory } from './both-ends.js'

const { entries } = JSON.parse(readFileSync('test/data/secrets-dev.json', 'utf8')) as {
  readonly entries: readonly CorpusEntry[]
}

/** Texts with secrets in them that the redactor masks, and the secrets. */
function maskedTexts(): ReadonlyMap<string, readonly string[]> {
  const rules = createRedaction()
  const masked = new Map<string, readonly string[]>()
  for (const entry of entries) {
    const input = fill(entry.input, entry)
    if (entry.label !== 'positive' || typeof input !== 'string') continue
    const safe = rules.text(input)
    const cores = [entry.secret, entry.secret2].flatMap((secret) => secret?.[1] ?? [])
    const gone = cores.filter((core) => !survives(safe, core))
    if (gone.length > 0) masked.set(input, gone)
  }
  return masked
}

test.afterEach.always(unregister)

test.serial(
  'no secret that the redactor knows leaves in a span or in its record, wherever it was put',
  async (t) => {
    const { finished } = registerProvider()
    const record = { arguments: true, results: true }
    const { client, lines, gateway, scanner } = await inMemory(t, {
      client: { record },
      server: { record },
    })
    const texts = maskedTexts()
    t.true(texts.size > 50, `${texts.size}`)
    for (const [text, cores] of texts) {
      const before = finished().length
      gateway.clear()
      scanner.clear()
      const put: readonly Promise<unknown>[] = [
        client.callTool({ name: text, arguments: { note: text } }),
        client.callTool({ name: 'echo', arguments: { text } }),
        client.callTool({ name: 'throw', arguments: { text } }),
        client.getPrompt({ name: text, arguments: { note: text } }),
        client.readResource({ uri: text }),
        client.request({ method: text, params: {} } as never, z.object({})),
        client.notification({
          method: 'notifications/progress',
          params: { progressToken: text, progress: 1, message: text },
        }),
      ]
      await Promise.allSettled(put)
      const spans = finished().slice(before)
      t.true(spans.length >= 12)
      const exported = JSON.stringify(
        spans.map(({ name, attributes, events, status }) => [name, attributes, events, status]),
      )
      const left = cores.filter(
        (core) => survives(exported, core) || survives(JSON.stringify(lines()), core),
      )
      t.deepEqual(left, [], text)
    }
  },
)
