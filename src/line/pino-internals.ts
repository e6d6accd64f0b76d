import pino from 'pino'
import { SeclogError } from '../errors.js'

const needed = [
  'asJsonSym',
  'chindingsSym',
  'errorKeySym',
  'formattersSym',
  'hooksSym',
  'levelValSym',
  'lsCacheSym',
  'messageKeySym',
  'mixinMergeStrategySym',
  'mixinSym',
  'msgPrefixSym',
  'needsMetadataGsym',
  'nestedKeySym',
  'serializersSym',
  'setLevelSym',
  'streamSym',
  'timeSym',
  'timeSliceIndexSym',
  'useOnlyCustomLevelsSym',
  'levelCompSym',
  'writeSym',
] as const

type SymbolName = (typeof needed)[number]

/** The internal symbols of pino that the line is built on. */
export type PinoSymbols = { readonly [Name in SymbolName]: symbol }

/**
 * pino's symbols, all of them present.
 *
 * @throws SeclogError `SECLOG_PINO_INCOMPATIBLE` when this pino lacks one.
 */
export function pinoSymbols(): PinoSymbols {
  const symbols = pino.symbols as unknown as Record<string, symbol | undefined>
  const missing = needed.filter((name) => typeof symbols[name] !== 'symbol')
  if (missing.length > 0) {
    throw new SeclogError(
      'SECLOG_PINO_INCOMPATIBLE',
      `pino ${pino.version} lacks ${missing.join(', ')}, which seclog builds on; use a pino of the range in seclog's package.json.`,
    )
  }
  return symbols as unknown as PinoSymbols
}
