import type { LiveState, PageData, TraceListItem } from '../src/cli/page-data.js'
import type { TraceData } from '../src/cli/trace-data.js'

/** Where the page has its traces from. */
export interface Source {
  /** What there is, newest first. */
  state(): Promise<LiveState>
  trace(id: string): Promise<TraceData | undefined>
  /** Calls back whenever there is something new. */
  follow(changed: () => void): void
}

/** The traces that stand in the page itself, or those of the server that it came from. */
export function openSource(data: PageData): Source {
  return data.live ? liveSource() : ownSource(data)
}

function ownSource({ traces, remarks }: PageData): Source {
  return {
    state: async () => ({ version: 0, traces: traces.map(listItem), remarks }),
    trace: async (id) => traces.find(({ trace_id }) => trace_id === id),
    follow: () => {},
  }
}

function listItem(trace: TraceData): TraceListItem {
  const { trace_id, start_ms, duration_ms, span_count, error_count, services, spans } = trace
  return {
    trace_id,
    name: spans[0]?.name ?? '',
    ...(start_ms !== undefined && { start_ms }),
    ...(duration_ms !== undefined && { duration_ms }),
    span_count,
    error_count,
    services,
  }
}

function liveSource(): Source {
  const get = async <T>(path: string): Promise<T | undefined> => {
    const response = await fetch(path, { cache: 'no-store' })
    return response.ok ? ((await response.json()) as T) : undefined
  }
  return {
    state: async () =>
      (await get<LiveState>('api/traces')) ?? { version: 0, traces: [], remarks: [] },
    trace: (id) => get<TraceData>(`api/traces/${encodeURIComponent(id)}`),
    follow(changed) {
      const events = new EventSource('api/events')
      events.addEventListener('changed', changed)
    },
  }
}
