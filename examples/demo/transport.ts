/** How a package reaches the machine that installs it. */
export type Transport = 'tls' | 'ssh' | 'plain' | 'local' | 'unknown'

const transports: Readonly<Record<string, Transport>> = {
  'https:': 'tls',
  'git+https:': 'tls',
  'git+ssh:': 'ssh',
  'ssh:': 'ssh',
  'file:': 'local',
}

/** Judges a `resolved` address. It may be left out (npm's `omit-lockfile-registry-resolved`): then nobody can say. */
export function judgeTransport(resolved: string | undefined): Transport {
  if (resolved === undefined) return 'unknown'
  if (!URL.canParse(resolved)) return 'plain'
  return transports[new URL(resolved).protocol] ?? 'plain'
}
