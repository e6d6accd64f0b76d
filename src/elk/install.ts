import type { ElkAsset } from './assets.js'
import { type Difference, differences } from './differences.js'
import type { Flavour } from './flavour.js'

/** Asks a server; `status` and the parsed answer. Rejects when there is none. */
export type AskServer = (
  method: 'GET' | 'PUT',
  path: string,
  body?: unknown,
) => Promise<{ readonly status: number; readonly body: unknown }>

/** How an asset stands on a server. */
export interface AssetState {
  readonly asset: ElkAsset
  readonly state: 'same' | 'missing' | 'differs'
  readonly differences: readonly Difference[]
}

/** What a server is. @throws Error when it is neither of those that are known. */
export async function flavourOf(ask: AskServer): Promise<{ flavour: Flavour; version: string }> {
  const { status, body } = await ask('GET', '/')
  const { version } = (body ?? {}) as { version?: { distribution?: unknown; number?: unknown } }
  if (status !== 200 || typeof version?.number !== 'string') {
    throw new Error(`it answers with ${status}, and not as Elasticsearch or OpenSearch does`)
  }
  const flavour = version.distribution === 'opensearch' ? 'opensearch' : 'elasticsearch'
  return { flavour, version: version.number }
}

/** Compares what is there with what should be. */
export async function checkAsset(ask: AskServer, asset: ElkAsset): Promise<AssetState> {
  const { status, body } = await ask('GET', asset.path)
  if (status === 404) return { asset, state: 'missing', differences: [] }
  if (status !== 200) throw new Error(`${asset.path} is answered with ${status}`)
  const found = differences(asset.body, contentOf(body, asset))
  return { asset, state: found.length === 0 ? 'same' : 'differs', differences: found }
}

/** Puts what is missing or differs; what is as it should be is left alone. @throws Error when the server refuses it. */
export async function putAsset(ask: AskServer, asset: ElkAsset): Promise<AssetState> {
  const before = await checkAsset(ask, asset)
  if (before.state === 'same') return before
  const { status, body } = await ask('PUT', asset.path, asset.body)
  if (status !== 200) {
    const reason = JSON.stringify((body as { error?: unknown } | null)?.error ?? body).slice(0, 500)
    throw new Error(`${asset.path} is refused with ${status}: ${reason}`)
  }
  return before
}

/** Each kind of asset has a wrapping of its own. */
function contentOf(body: unknown, { path }: ElkAsset): unknown {
  const answer = (body ?? {}) as Record<string, unknown>
  const [, kind = '', name = ''] = /^\/(?:_ingest\/)?(\w+)\/(.+)$/.exec(path) ?? []
  if (kind === 'pipeline') return answer[name]
  const list = (answer['component_templates'] ?? answer['index_templates']) as
    | readonly Record<string, unknown>[]
    | undefined
  const found = list?.[0]?.['component_template'] ?? list?.[0]?.['index_template']
  const { template } = (found ?? {}) as { template?: { settings?: unknown } }
  if (template?.settings === undefined) return found
  return { ...(found as object), template: { ...template, settings: flat(template.settings) } }
}

/** Settings under dotted names, as they are put; servers give them back nested. */
function flat(settings: unknown, above = ''): Readonly<Record<string, unknown>> {
  if (typeof settings !== 'object' || settings === null) return { [above]: settings }
  return Object.assign(
    {},
    ...Object.entries(settings).map(([key, value]) =>
      flat(value, above === '' ? key : `${above}.${key}`),
    ),
  ) as Readonly<Record<string, unknown>>
}
