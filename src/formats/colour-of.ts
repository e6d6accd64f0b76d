/** Names of colours as `styleText` and what pino-pretty hands out have them. */
export type ColourName = (typeof palette)[number]

const palette = [
  'cyan',
  'magenta',
  'blue',
  'green',
  'yellow',
  'cyanBright',
  'magentaBright',
  'blueBright',
  'greenBright',
  'yellowBright',
] as const

/** One of ten colours for a name or an id: the same one wherever it stands. */
export function colourOf(name: string): ColourName {
  let hash = 0
  for (let at = 0; at < name.length; at += 1) hash = (hash * 31 + name.charCodeAt(at)) >>> 0
  return palette[hash % palette.length] ?? 'cyan'
}
