import type { ExecutionContext } from 'ava'
import { type Ends, spansNamed } from './both-ends.js'

export const calls = 200

/** Many calls at once over one session: some are cancelled, some fail, all take their own time. */
export async function crowd(t: ExecutionContext, ends: Ends): Promise<void> {
  const { client, log } = ends
  await Promise.all(
    Array.from({ length: calls }, (_, index) => {
      const id = `call-${index}`
      const work = async (): Promise<unknown> => {
        log.info({ call: id }, 'submitted')
        if (index % 10 === 7) return client.callTool({ name: 'break' })
        const name = index % 10 === 3 ? 'hang' : 'wait'
        const controller = new AbortController()
        const onprogress = (): void => controller.abort()
        const options = name === 'hang' ? { signal: controller.signal, onprogress } : {}
        const result = await client
          .callTool({ name, arguments: { id } }, undefined, options)
          .catch(() => undefined)
        log.info({ call: id }, 'answered')
        if (name === 'wait') t.like(result as object, { content: [{ text: id }] })
        return result
      }
      return log.withSpan('submit', { attributes: { call: id } }, work)
    }),
  )
}

/** Each call is one trace of its own, whose lines and ids are its own. */
export function check(t: ExecutionContext, ends: Ends): void {
  const trees = ends.trees().filter(({ roots }) => roots[0]?.name === 'submit')
  t.is(trees.length, calls)
  for (const tree of trees) {
    t.deepEqual(tree.problems, [])
    const [root] = tree.roots
    const id = String(root?.attributes['call'])
    const all = spansNamed([tree], root?.children[0]?.name ?? '')
    t.is(all.length, 2, id)
    const [client, server] = all
    t.is(server?.parentSpanId, client?.spanId)
    t.is(client?.attributes['jsonrpc.request.id'], server?.attributes['jsonrpc.request.id'])
    for (const { fields } of [...(root?.lines ?? []), ...(server?.lines ?? [])]) {
      if (fields['call'] !== undefined) t.is(fields['call'], id)
    }
    const type = client?.attributes['error.type']
    if (client?.name.endsWith('hang')) t.is(type, 'cancelled')
    else t.is(type, client?.name.endsWith('break') ? 'tool_error' : undefined)
  }
}
