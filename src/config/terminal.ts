import { readVariable } from './environment.js'

/** What was said about colours on the command line. */
export type ColourChoice = boolean | undefined

/**
 * Whether to write colours: as the command line says, else `NO_COLOR`, else `FORCE_COLOR`, else what the terminal can do.
 *
 * @param terminal - Whether the output is a terminal that can show them.
 * @see https://no-color.org
 */
export function wantsColour(choice: ColourChoice, terminal: boolean): boolean {
  if (choice !== undefined) return choice
  if (readVariable('NO_COLOR') !== undefined) return false
  const forced = readVariable('FORCE_COLOR')
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return terminal && readVariable('TERM') !== 'dumb'
}
