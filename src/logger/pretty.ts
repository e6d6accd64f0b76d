import type pino from 'pino'
import { requireOptional } from '#require'
import { warnOnce } from '../diagnostics.js'
import { createPrettyStream, isPinoPretty, type PrettyOptions } from '../formats/pretty.js'

/** The destination with pino-pretty in front of it; where pino-pretty is missing, that is said once and lines stay JSON. */
export function prettyDestination(
  destination: pino.DestinationStream,
  options: PrettyOptions,
): pino.DestinationStream {
  const module = loadPinoPretty()
  if (isPinoPretty(module)) return createPrettyStream(module, destination, options)
  warnOnce(
    'pino-pretty',
    'The format pretty needs the package pino-pretty, which is not installed: lines are written as JSON. Install it with: npm install --save-dev pino-pretty',
  )
  return destination
}

function loadPinoPretty(): unknown {
  try {
    return requireOptional('pino-pretty')
  } catch {
    return undefined
  }
}
