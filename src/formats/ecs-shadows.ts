import type { Quote } from './ecs-coerce.js'
import { type EcsHomes, labelsDot } from './ecs-homes.js'
import { labelText } from './ecs-values.js'
import type { JsonValue } from './json-value.js'
import type { Room } from './room.js'

/** What a line keeps of values that stood under names of the logger's own. */
export class EcsShadows {
  readonly #quote: Quote
  readonly #homes: EcsHomes
  readonly #room: Room
  /** The names in use, each with the path that it stands for. */
  #origins: Map<string, string> | undefined
  /** The members of `shadowed`, each with a comma in front. */
  text = ''
  count = 0

  constructor(quote: Quote, homes: EcsHomes, room: Room) {
    this.#quote = quote
    this.#homes = homes
    this.#room = room
  }

  begin(): void {
    this.#origins = undefined
    this.text = ''
    this.count = 0
  }

  /** The paths of the values kept so far. */
  origins(): Iterable<string> {
    return this.#origins?.values() ?? []
  }

  /** Keeps a value; false if there is no room for it. */
  add(name: string, value: JsonValue): boolean {
    this.count++
    this.#origins ??= new Map()
    const plain = this.#homes.at(name).label.slice(labelsDot.length)
    let key = plain
    for (let number = 2; this.#origins.has(key); number++) key = `${plain}_${number}`
    this.#origins.set(key, name)
    const text = `,${this.#quote(key)}:${labelText(value, this.#quote)}`
    if (!this.#room.take(text)) return false
    this.text += text
    return true
  }
}
