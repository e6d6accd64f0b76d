import { plainAttributes } from './attributes.js'
import type { SpanConvention, WireName } from './convention-types.js'
import { readOptions } from './given-options.js'
import type { SpanRecorder } from './journal.js'
import type { Span, SpanAttributes, SpanOptions } from './types.js'
import { textOf } from './values.js'
import { runSpan } from './with-span.js'

/** A span of work whose outcome is known only afterwards. */
export interface DomainSpan<Outcome> extends Span {
  /** States how the work ended, and again if more is known. A single word where there is one that matters. */
  outcome(outcome: Outcome | WordOf<Outcome>): this
}

/** The words by which an outcome can be stated: `'hit'`, `'deny'`, `'stopped'`. */
export type WordOf<Outcome> = Outcome extends { readonly outcome?: infer Word }
  ? NonNullable<Word>
  : Outcome extends { readonly decision?: infer Word }
    ? NonNullable<Word>
    : Outcome extends { readonly verdict?: infer Word }
      ? NonNullable<Word>
      : never

export interface DomainSpanOptions<Content extends string = never> extends SpanOptions {
  /** Contents to record, redacted: text that people or programs wrote, and that may hold anything. @defaultValue none */
  readonly record?: readonly Content[]
}

/** Runs `fn` in a span that is named and described by what is known of the work. */
export interface WithDomainSpan<Fields, Outcome, Content extends string = never> {
  <T>(fields: Fields, fn: (span: DomainSpan<Outcome>) => T): T
  <T>(fields: Fields, options: DomainSpanOptions<Content>, fn: (span: DomainSpan<Outcome>) => T): T
}

/** What a callback of any convention is, once its types are settled. */
export type DomainCallback = (span: DomainSpan<object>) => unknown
export type AnyConvention = SpanConvention<object, object, string>
type AnyOptions = DomainSpanOptions<string>

/** Runs `fn` in a span that follows a convention. */
export type RunDomainSpan = (
  convention: AnyConvention,
  fields: object,
  options: AnyOptions | undefined,
  fn: DomainCallback,
  recorder?: SpanRecorder,
) => unknown

/**
 * Runs `fn` in a span that follows `convention`. Nothing of the fields or of an outcome makes it throw.
 *
 * @param recorder - Gets the records of the span; without one nothing is written.
 * @param onOutcome - Told of each outcome that is stated.
 */
export function runDomainSpan(
  convention: AnyConvention,
  fields: object,
  options: AnyOptions | undefined,
  fn: DomainCallback,
  recorder?: SpanRecorder,
  onOutcome?: (outcome: object) => void,
): unknown {
  const given = readOptions(options, recorder)
  const recorded = recordedOf(options)
  const own = given.attributes
  const attributes: Attributes = {
    ...(own !== undefined && plainAttributes(own)),
    ...convention.fixed,
  }
  addFields(attributes, convention, fields, recorded)
  const { when } = convention
  if (when !== undefined && attributes[when.key] === when.is) {
    Object.assign(attributes, when.attributes)
  }
  const stated = new Set<string>()
  return runSpan(
    nameOf(convention.names, attributes),
    { ...given, kind: given.kind ?? convention.kind, attributes } as SpanOptions,
    (span) => fn(withOutcome(span, convention, recorded, stated, onOutcome)),
    recorder,
    (result) => assumedAttributes(convention, recorded, stated, result),
  )
}

type Attributes = Record<string, unknown>

function recordedOf(options: AnyOptions | undefined): AnyOptions['record'] {
  try {
    const recorded = options?.record
    return Array.isArray(recorded) ? recorded : undefined
  } catch {
    return undefined
  }
}

function withOutcome(
  span: Span,
  convention: AnyConvention,
  recorded: AnyOptions['record'],
  stated: Set<string>,
  onOutcome: ((outcome: object) => void) | undefined,
): DomainSpan<object> {
  const outcome = (given: object | string): Span => {
    const { word } = convention
    const fields: object =
      typeof given !== 'string' ? given : word === undefined ? {} : { [word]: given }
    const attributes: Attributes = {}
    addFields(attributes, convention, fields, recorded)
    for (const key of Object.keys(attributes)) stated.add(key)
    span.setAttributes(attributes)
    stateFailure(span, convention, fields)
    onOutcome?.(fields)
    return span
  }
  // Assigned and not defined, which takes nine times as long.
  const domain = span as { -readonly [K in keyof DomainSpan<object>]: DomainSpan<object>[K] }
  domain.outcome = outcome as DomainSpan<object>['outcome']
  return domain as DomainSpan<object>
}

function stateFailure(span: Span, { failure }: AnyConvention, outcome: object): void {
  if (failure === undefined) return
  try {
    const failed = failure(outcome)
    if (failed === undefined) return
    span.setAttribute('error.type', failed.type)
    const { message } = failed
    span.setStatus(message === undefined ? { code: 2 } : { code: 2, message })
  } catch {
    // An outcome of callers without types: what could be read of it stands in the attributes.
  }
}

/** What a result says that was not stated: the content, if it is asked for, and the usual outcome. */
function assumedAttributes(
  convention: AnyConvention,
  recorded: AnyOptions['record'],
  stated: ReadonlySet<string>,
  result: unknown,
): SpanAttributes | undefined {
  const wantsResult = recorded?.includes('result') === true
  if (!wantsResult && convention.assumed === undefined) return undefined
  const attributes: Attributes = {}
  addFields(attributes, convention, { ...convention.assumed, result }, recorded)
  for (const key of stated) delete attributes[key]
  return attributes
}

/** Adds what fields are called by on the wire; content only if it is recorded. */
function addFields(
  attributes: Attributes,
  convention: AnyConvention,
  fields: object,
  recorded: AnyOptions['record'],
): void {
  for (const { field, key, write, isContent } of wiringOf(convention)) {
    if (isContent && recorded?.includes(field) !== true) continue
    const value = readField(fields, field)
    if (value === undefined || value === null) continue
    attributes[key] = write === undefined ? value : write(value)
  }
}

interface Wire {
  readonly field: string
  readonly key: string
  readonly write: ((value: unknown) => unknown) | undefined
  readonly isContent: boolean
}

const wirings = new Map<AnyConvention, readonly Wire[]>()

function wiringOf(convention: AnyConvention): readonly Wire[] {
  let wiring = wirings.get(convention)
  if (wiring === undefined) {
    const { keys, content = [] } = convention
    wiring = Object.entries<WireName | undefined>(keys).flatMap(([field, name]) => {
      if (name === undefined) return []
      const { key, write } = typeof name === 'string' ? { key: name, write: undefined } : name
      return [{ field, key, write, isContent: content.includes(field) }]
    })
    wirings.set(convention, wiring)
  }
  return wiring
}

/** A field's value; a getter that throws gives a marker. */
export function readField(fields: object, field: string): unknown {
  try {
    return (fields as Readonly<Record<string, unknown>> | undefined)?.[field]
  } catch {
    return '[unreadable]'
  }
}

const parts = new Map<string, readonly string[]>()

/** The first of the names whose attributes are all there. Every second part of a name is an attribute's key. */
function nameOf(names: readonly string[], attributes: Readonly<Attributes>): string {
  for (const template of names) {
    let split = parts.get(template)
    if (split === undefined) {
      split = template.split(/[{}]/)
      parts.set(template, split)
    }
    const name = fill(split, attributes)
    if (name !== undefined) return name
  }
  return 'span'
}

function fill(split: readonly string[], attributes: Readonly<Attributes>): string | undefined {
  let name = split[0] ?? ''
  for (let at = 1; at < split.length; at += 2) {
    const value = attributes[split[at] ?? '']
    if (value === undefined || value === '') return undefined
    name += textOf(value) + (split[at + 1] ?? '')
  }
  return name
}
