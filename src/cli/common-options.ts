import type { OptionSpecs } from './command.js'

/** Options that every command has. */
export const commonOptions: OptionSpecs = {
  color: {
    type: 'boolean',
    about: 'write colours, or none with --no-color (as NO_COLOR and the terminal say)',
  },
  help: { type: 'boolean', short: 'h', about: 'show this' },
}
