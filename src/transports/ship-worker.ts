import { closeSync, fdatasyncSync, openSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { DeliverySettings } from './options.js'
import { SharedCounts } from './shared-counts.js'
import { Shipper } from './shipper.js'
import { segmentPath } from './spool-files.js'

/** What the thread that ships is started with. */
export interface ShipWork {
  readonly settings: DeliverySettings
  readonly spoolId: string
  readonly memory: SharedArrayBuffer
}

/** What it can be told: there are lines, more waits than may, ship what is there and end. */
export type ShipOrder = 'more' | 'full' | 'close'

const syncMs = 200
const { settings, spoolId, memory } = workerData as ShipWork
const counts = new SharedCounts(memory)
const shipper = new Shipper(settings, spoolId, counts, (news) => parentPort?.postMessage(news))

parentPort?.on('message', (order: ShipOrder) => {
  if (order === 'more') shipper.more()
  else if (order === 'full') shipper.keepBounds()
  else shipper.close()
})

let synced = counts.committed()
const timer = settings.fsync === 'interval' ? setInterval(syncSegments, syncMs) : undefined

void shipper.run().finally(() => {
  clearInterval(timer)
  parentPort?.close()
})

/** Forces to the disk what was written since the last time. */
function syncSegments(): void {
  const now = counts.committed()
  if (now.segment === synced.segment && now.offset === synced.offset) return
  for (let segment = synced.segment; segment <= now.segment; segment++) syncSegment(segment)
  synced = now
}

function syncSegment(segment: number): void {
  try {
    const fd = openSync(segmentPath(settings.spool, segment), 'r')
    try {
      fdatasyncSync(fd)
    } finally {
      closeSync(fd)
    }
  } catch {
    // It is delivered and gone, or the disk fails, which the thread that writes sees.
  }
}
