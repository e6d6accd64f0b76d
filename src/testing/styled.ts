import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** A text in a style, or as it is. */
export type Paint = (style: Style, text: string) => string

export const plain: Paint = (_style, text) => text

export const coloured: Paint = (style, text) =>
  text === '' ? text : styleText(style, text, { validateStream: false })

/** The colour of a level's label. */
export function levelColour(level: string | undefined): Style {
  if (level === 'fatal' || level === 'error') return 'red'
  if (level === 'warn') return 'yellow'
  return level === 'info' ? 'green' : 'gray'
}
