/** Counts of both threads, each written by one of them only, but for `bytes`. */
const countNames = [
  'spooled',
  'found',
  'delivered',
  'duplicates',
  'dead',
  'full',
  'fullOnDisk',
  'disk',
  'deadDropped',
  'corrupt',
  'bytes',
  'oldest',
] as const

export type CountName = (typeof countNames)[number]

export const states = ['idle', 'delivering', 'failing', 'refused'] as const
export type DeliveryState = (typeof states)[number]

const segmentSlot = 0
const committedSlot = 1
const sleepingSlot = 2
const stateSlot = 3
const slots = 4

/** What the thread that logs and the thread that ships know of each other, in memory that both see. */
export class SharedCounts {
  readonly memory: SharedArrayBuffer
  readonly #slots: Int32Array
  readonly #counts: BigInt64Array

  constructor(
    memory: SharedArrayBuffer = new SharedArrayBuffer(slots * 4 + countNames.length * 8),
  ) {
    this.memory = memory
    this.#slots = new Int32Array(memory, 0, slots)
    this.#counts = new BigInt64Array(memory, slots * 4, countNames.length)
  }

  add(name: CountName, by: number): void {
    Atomics.add(this.#counts, countNames.indexOf(name), BigInt(by))
  }

  set(name: CountName, value: number): void {
    Atomics.store(this.#counts, countNames.indexOf(name), BigInt(Math.trunc(value)))
  }

  get(name: CountName): number {
    return Number(Atomics.load(this.#counts, countNames.indexOf(name)))
  }

  /** Says up to where lines are written. */
  commit(segment: number, offset: number): void {
    if (this.#slots[segmentSlot] !== segment) {
      // In this order, so that nobody reads the offset of one segment as that of the next.
      Atomics.store(this.#slots, committedSlot, 0)
      Atomics.store(this.#slots, segmentSlot, segment)
    }
    Atomics.store(this.#slots, committedSlot, offset)
  }

  /** Up to where lines are written: a place that was true at some moment of the call. */
  committed(): { readonly segment: number; readonly offset: number } {
    for (;;) {
      const segment = Atomics.load(this.#slots, segmentSlot)
      const offset = Atomics.load(this.#slots, committedSlot)
      if (Atomics.load(this.#slots, segmentSlot) === segment) return { segment, offset }
    }
  }

  /** The thread that ships waits to be told of the next line. */
  sleep(): void {
    Atomics.store(this.#slots, sleepingSlot, 1)
  }

  /** Whether it was waiting: then, and only once, it has to be told. */
  wake(): boolean {
    return this.#slots[sleepingSlot] === 1 && Atomics.exchange(this.#slots, sleepingSlot, 0) === 1
  }

  get state(): DeliveryState {
    return states[Atomics.load(this.#slots, stateSlot)] ?? 'idle'
  }

  set state(state: DeliveryState) {
    Atomics.store(this.#slots, stateSlot, states.indexOf(state))
  }
}
