import { keyLength } from './limits.js'
import { quoteJson } from './quote.js'
import { knownForms } from './registry.js'
import { scan } from './scan.js'
import { isFlatPairsKey, isPairValue, jwkVerdict } from './structure.js'
import { type KeyVerdict, type Redaction, scanBits } from './types.js'

/** What one look at a key's name found; kept per name, since the same names come with every line. */
export interface KeyInfo {
  /** The name as it is written, quoted. */
  readonly name: string
  /** `,"key":` */
  readonly prefix: string
  /** `,"key":"`, to which clean text is added as it is. */
  readonly quoted: string
  /** `{"key":`, where it is the first of an object. */
  readonly first: string
  /** `{"key":"` */
  readonly firstQuoted: string
  /** The name can be written as it is, and no other member says anything of the value. */
  readonly ordinary: boolean
  /** Nothing is to be done but to write the value. */
  readonly plain: boolean
  /** As `plain`, at the top of a line, where some names have a meaning of their own. */
  readonly plainAtTop: boolean
  /** Only the logger writes this name, at the top of a line. */
  readonly own: boolean
  readonly verdict: KeyVerdict | undefined
  /** Other members of the same object may tell what this one holds. */
  readonly told: boolean
  /** An array under this name holds names and values in turn. */
  readonly flatPairs: boolean
  /** The name as it is written differs from the name as it was given. */
  readonly altered: boolean
  /** Under this name stand ids of traces and spans. */
  readonly id: boolean
  /** The name has been bound to a logger or a scope, so a field of this name may replace another. */
  bound: boolean
}

const mostNames = 4_096

/** Names of ids of traces and spans, as lines in each format have them. */
const idNames: ReadonlySet<string> = new Set([
  'trace_id',
  'span_id',
  'parent_span_id',
  'trace.id',
  'span.id',
  'upstream_trace_id',
  'upstream_span_id',
  'seclog.span.parent_id',
])

/**
 * Whether a value under such a name is an id. One of 20,000 ids of spans has digits only, and passes for the number of a card: masked,
 * it would cut its trace in two.
 */
export function isId(value: string): boolean {
  return (value.length === 16 || value.length === 32) && /^[\da-f]+$/.test(value)
}

/** What is known of keys by name, for one set of rules. Bounded: when it is full it starts anew. */
export class KeyTable {
  private readonly infos = new Map<string, KeyInfo>()
  private readonly redaction: Redaction
  private readonly ownNames: ReadonlySet<string>
  private readonly boundNames = new Set<string>()
  private forms = 0

  constructor(redaction: Redaction, ownNames: ReadonlySet<string> = new Set()) {
    this.redaction = redaction
    this.ownNames = ownNames
  }

  /** Forgets all if a secret has been registered since: a key can hold one. */
  refresh(): void {
    const forms = knownForms()
    if (forms === this.forms) return
    this.forms = forms
    this.infos.clear()
  }

  /** Notes that a name has been bound; each name once, since a logger binds the same few names. */
  bind(key: string): void {
    if (this.boundNames.size < mostNames) this.boundNames.add(key)
    this.get(key).bound = true
  }

  get(key: string): KeyInfo {
    return this.infos.get(key) ?? this.learn(key)
  }

  private learn(key: string): KeyInfo {
    const { redaction } = this
    const name = quoteJson(safeKey(key, redaction))
    const altered = key.length > keyLength || name !== quoteJson(key)
    const own = this.ownNames.has(key)
    const verdict = redaction.key(key)
    const told = isPairValue(key) || jwkVerdict(key) !== undefined
    const flatPairs = isFlatPairsKey(key)
    const plain = !altered && !told && !flatPairs && verdict === undefined
    const info: KeyInfo = {
      name,
      prefix: `,${name}:`,
      quoted: `,${name}:"`,
      first: `{${name}:`,
      firstQuoted: `{${name}:"`,
      ordinary: !altered && !told && key !== 'toJSON',
      plain,
      plainAtTop: plain && !own && key !== 'shadowed',
      own,
      verdict,
      told,
      flatPairs,
      altered,
      id: idNames.has(key),
      bound: this.boundNames.size >= mostNames || this.boundNames.has(key),
    }
    if (this.infos.size >= mostNames) this.infos.clear()
    if (!altered) this.infos.set(key, info)
    return info
  }
}

/** A key that holds no secret and has a bounded length. */
function safeKey(key: string, redaction: Redaction): string {
  const seen = key.length > keyLength ? key.slice(0, keyLength * 2) : key
  const safe =
    redaction.eager || (scan(seen) & scanBits.suspect) !== 0 ? redaction.text(seen) : seen
  if (key.length <= keyLength) return safe
  return `${safe.slice(0, keyLength)}[Truncated: ${key.length} characters]`
}
