/** Bytes of each hash that Subresource Integrity strings in lock files use. */
const digestBytes: Readonly<Record<string, number>> = {
  sha512: 64,
  sha384: 48,
  sha256: 32,
  sha1: 20,
  md5: 16,
}

const strong: ReadonlySet<string> = new Set(['sha512', 'sha384', 'sha256'])

const form = /^(?<algorithm>[a-z0-9]+)-(?<digest>[A-Za-z0-9+/]+={0,2})(?:\?[\x21-\x7e]*)?$/

/**
 * Judges an integrity string: one or more `algorithm-base64` hashes between white space.
 *
 * @see https://www.w3.org/TR/SRI/#the-integrity-attribute
 * @returns `malformed` when any hash has an unknown algorithm or the wrong length, `weak` when all of them can be forged.
 */
export function judgeIntegrity(integrity: string): 'strong' | 'weak' | 'malformed' {
  const algorithms = integrity.trim().split(/\s+/).map(algorithmOf)
  if (algorithms.includes(undefined)) return 'malformed'
  return algorithms.some((algorithm) => strong.has(algorithm ?? '')) ? 'strong' : 'weak'
}

function algorithmOf(hash: string): string | undefined {
  const { algorithm = '', digest = '' } = form.exec(hash)?.groups ?? {}
  const bytes = Buffer.from(digest, 'base64')
  const wellFormed = bytes.length === digestBytes[algorithm] && bytes.toString('base64') === digest
  return wellFormed ? algorithm : undefined
}
