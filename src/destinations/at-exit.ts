import process from 'node:process'

const callbacks = new Set<() => void>()

/**
 * Has something done when the process exits, behind one listener for all: Node warns of many.
 *
 * @returns What takes it back.
 */
export function atExit(callback: () => void): () => void {
  if (callbacks.size === 0) process.on('exit', runAll)
  callbacks.add(callback)
  return () => {
    callbacks.delete(callback)
    if (callbacks.size === 0) process.off('exit', runAll)
  }
}

function runAll(): void {
  for (const callback of callbacks) {
    try {
      callback()
    } catch {
      // The others have their turn all the same.
    }
  }
}
