import process from 'node:process'
import { warnOnce } from '../diagnostics.js'

/** A variable of the environment; unset and blank are the same, as the OpenTelemetry specification has it. */
export function readVariable(name: string): string | undefined {
  const value = process.env[name]?.trim()
  return value === undefined || value === '' ? undefined : value
}

/** All variables of the environment as they are now. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return { ...process.env }
}

/**
 * Says once that a variable has a value that cannot be used, and what is used instead.
 *
 * @param shown - The value as it may be shown; cut to 64 characters here, masked by the caller where it can hold a secret.
 */
export function reportBadVariable(
  name: string,
  shown: string,
  problem: string,
  used: string,
): void {
  const cut = shown.length > 64 ? `${shown.slice(0, 64)}…` : shown
  warnOnce(`env:${name}`, `${name}=${JSON.stringify(cut)} ${problem}; ${used} is used instead.`)
}
