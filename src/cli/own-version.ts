import { readFileSync } from 'node:fs'

/** The version of this package. */
export function ownVersion(): string {
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      const manifest: { name?: unknown; version?: unknown } = JSON.parse(
        readFileSync(new URL(path, import.meta.url), 'utf8'),
      )
      if (manifest.name === 'seclog') return String(manifest.version)
    } catch {}
  }
  return 'unknown'
}
