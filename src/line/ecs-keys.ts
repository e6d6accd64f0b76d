import type { EcsHome, EcsHomes } from '../formats/ecs-homes.js'
import type { KeyInfo, KeyTable } from '../redaction/key-table.js'
import { knownForms } from '../redaction/registry.js'
import { idNames } from './correlation.js'

/** What one look at the name of a field found: what the redactor says of it, and where ECS has it. */
export interface EcsKey {
  readonly info: KeyInfo
  readonly home: EcsHome
  /** An id of the line may be repeated under this name. */
  readonly isId: boolean
}

/** What is known of names, for the lines of one logger. Bounded by the tables that it reads. */
export class EcsKeys {
  private readonly known = new Map<string, EcsKey>()
  private readonly keys: KeyTable
  private readonly homes: EcsHomes
  private forms = 0
  private generation = 0

  constructor(keys: KeyTable, homes: EcsHomes) {
    this.keys = keys
    this.homes = homes
  }

  /** Forgets all if a secret has been registered since, or if the homes have been forgotten. */
  refresh(): void {
    const forms = knownForms()
    const { generation } = this.homes
    if (forms === this.forms && generation === this.generation) return
    this.forms = forms
    this.generation = generation
    this.known.clear()
  }

  get(name: string): EcsKey {
    return this.known.get(name) ?? this.learn(name)
  }

  private learn(name: string): EcsKey {
    const info = this.keys.get(name)
    const written = info.altered ? (JSON.parse(info.name) as string) : name
    const key = { info, home: this.homes.at(written), isId: written in idNames }
    if (!info.altered && this.known.size < mostNames) this.known.set(name, key)
    return key
  }
}

const mostNames = 4_096
