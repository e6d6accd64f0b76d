/** Bytes of the largest lock file that either service reads: a server decides that before it reads. */
export const largestLockfile: number = 32 * 1024 * 1024

/** How long the gateway waits for a verdict, in milliseconds. */
export const patience = 30_000

export const tooLarge = `Lock files up to ${largestLockfile / 1024 / 1024} MiB are read; this one is larger.`
