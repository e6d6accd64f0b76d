import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** A text in a style, or as it is. */
export type Paint = (style: Style, text: string) => string

export const plain: Paint = (_style, text) => text

export const coloured: Paint = (style, text) =>
  text === '' ? text : styleText(style, text, { validateStream: false })

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

/** One of ten colours for a name: the same one wherever the name stands. */
export function colourOf(name: string): Style {
  let hash = 0
  for (let at = 0; at < name.length; at += 1) hash = (hash * 31 + name.charCodeAt(at)) >>> 0
  return palette[hash % palette.length] ?? 'cyan'
}

/** The colour of a level's label. */
export function levelColour(level: string | undefined): Style {
  if (level === 'fatal' || level === 'error') return 'red'
  if (level === 'warn') return 'yellow'
  return level === 'info' ? 'green' : 'gray'
}
