import type { SecurityEvents } from './events.js'
import type { EventOutcome } from './vocabulary.js'

type Text = string | readonly string[]

/** A party to an event, in the words of ECS. */
export interface EventEndpoint {
  readonly address?: string
  readonly ip?: string
  readonly port?: number
  readonly domain?: string
  readonly geo?: {
    readonly country_iso_code?: string
    readonly region_iso_code?: string
    readonly city_name?: string
  }
}

export interface EventUser {
  readonly id?: string | number
  readonly name?: string
  readonly full_name?: string
  readonly email?: string
  readonly domain?: string
  /** A pseudonym, where the user is not to be named. */
  readonly hash?: string
  readonly roles?: readonly string[]
}

/**
 * What any event may tell beside its own arguments: fields of the Elastic Common Schema, by their names and in their places.
 *
 * @see https://www.elastic.co/docs/reference/ecs
 */
export interface CommonEventFields {
  /** Who did it; `target` is whom it was done to. */
  readonly user?: EventUser & { readonly target?: EventUser; readonly effective?: EventUser }
  readonly source?: EventEndpoint
  readonly client?: EventEndpoint
  readonly destination?: EventEndpoint
  readonly http?: {
    readonly version?: string
    readonly request?: {
      readonly id?: string
      readonly method?: string
      readonly mime_type?: string
      readonly referrer?: string
      readonly bytes?: number
    }
    readonly response?: { readonly status_code?: number; readonly bytes?: number }
  }
  readonly url?: {
    readonly full?: string
    readonly scheme?: string
    readonly domain?: string
    readonly port?: number
    readonly path?: string
    readonly query?: string
  }
  readonly user_agent?: { readonly original?: string; readonly name?: string }
  /** The rule that saw it: of a firewall, a scanner, a detector. */
  readonly rule?: {
    readonly id?: string
    readonly uuid?: string
    readonly name?: string
    readonly category?: string
    readonly description?: string
    readonly ruleset?: string
    readonly version?: string
    readonly reference?: string
    readonly author?: readonly string[]
  }
  /** Ids of MITRE ATT&CK are checked for their form: `TA0006`, `T1110`, `T1110.003`. */
  readonly threat?: {
    readonly framework?: string
    readonly tactic?: { readonly id?: Text; readonly name?: Text; readonly reference?: Text }
    readonly technique?: {
      readonly id?: Text
      readonly name?: Text
      readonly reference?: Text
      readonly subtechnique?: {
        readonly id?: Text
        readonly name?: Text
        readonly reference?: Text
      }
    }
  }
  readonly vulnerability?: {
    readonly id?: Text
    readonly category?: readonly string[]
    readonly classification?: string
    readonly description?: string
    readonly enumeration?: string
    readonly reference?: string
    readonly report_id?: string
    readonly severity?: string
    readonly scanner?: { readonly vendor?: string }
    readonly score?: {
      readonly base?: number
      readonly temporal?: number
      readonly environmental?: number
      readonly version?: string
    }
  }
  readonly file?: {
    readonly name?: string
    readonly path?: string
    readonly extension?: string
    readonly size?: number
    readonly mime_type?: string
    readonly hash?: { readonly md5?: string; readonly sha1?: string; readonly sha256?: string }
  }
  readonly event?: {
    /** In place of what the vocabulary says. */
    readonly outcome?: EventOutcome
    readonly reason?: string
    /** 0 to 100, or on the scale of whoever gives it. */
    readonly risk_score?: number
    readonly id?: string
    readonly reference?: string
    readonly provider?: string
    readonly dataset?: string
  }
  /** What has no place elsewhere, under names of the application's own. */
  readonly labels?: Readonly<Record<string, string | number | boolean>>
  /** The error that the event came from. */
  readonly err?: unknown
}

/** What `log.security` takes for an event: the event's own arguments and the common fields. */
export type SecurityEventFields<E extends keyof SecurityEvents> = SecurityEvents[E] &
  CommonEventFields
