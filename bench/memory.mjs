/** What lines leave on the heap, and what garbage one line makes. */

const mebibyte = 1 << 20

/** Needs `--expose-gc`. `kept`: MiB that are on the heap after `lines` lines and were not before; `garbage`: bytes a line. */
export async function memoryOf(loop, lines, between) {
  loop(2000)
  await between()
  const garbage = await garbageOf(loop, between)
  const before = settledHeap()
  for (let done = 0; done < lines; done += 1000) {
    loop(1000)
    await between()
  }
  return { kept: (settledHeap() - before) / mebibyte, garbage }
}

/** Between two collections the used heap only grows: by what was allocated. */
async function garbageOf(loop, between) {
  const size = 500
  const growths = []
  for (let i = 0; i < 60; i++) {
    globalThis.gc({ type: 'minor' })
    const before = process.memoryUsage().heapUsed
    loop(size)
    const growth = process.memoryUsage().heapUsed - before
    if (growth > 0) growths.push(growth / size)
    await between()
  }
  growths.sort((a, b) => a - b)
  return growths[growths.length >> 1]
}

function settledHeap() {
  for (let i = 0; i < 4; i++) globalThis.gc()
  return process.memoryUsage().heapUsed
}
