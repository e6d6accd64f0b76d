import type pino from 'pino'
import type { LineState } from './line-writer.js'
import { type PinoSymbols, pinoSymbols } from './pino-internals.js'

/** Hooks of a user, as pino keeps them. */
export interface Hooks {
  readonly logMethod?: (
    this: Instance,
    args: unknown[],
    method: (...args: unknown[]) => void,
    level: number,
  ) => void
  readonly streamWrite?: (line: string) => string
}

export interface Formatters {
  readonly level?: (label: string, number: number) => object
  readonly bindings?: (bindings: object) => object
  readonly log?: (object: object) => object
}

/** A destination as pino knows it; `lastLevel` and its kin are set where it asks for them. */
export interface Stream {
  write(line: string): unknown
  /** Of our own destinations, in place of `write`. */
  writeLeveled?(line: string, level: number): void
  flush?(callback?: (error?: Error) => void): void
  flushSync?(): void
  lastLevel?: number
  lastTime?: string
  lastLogger?: unknown
}

/** A pino logger from the inside. */
export interface Instance {
  readonly levels: pino.LevelMapping
  level: string
  onChild(child: Instance): void
  emit(event: string, ...args: unknown[]): boolean
  redact?: unknown
  [key: symbol]: unknown
  [level: string]: unknown
}

export const symbols: PinoSymbols = pinoSymbols()

/** Where a logger keeps its {@link LineState}. */
export const stateSymbol: unique symbol = Symbol('seclog.state')

export function stateOf(instance: Instance): LineState {
  return instance[stateSymbol] as LineState
}
