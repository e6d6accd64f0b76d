import { types } from 'node:util'
import { benignTails } from './key-words.js'
import { isOpaque } from './opaque.js'
import { wordsOf } from './words.js'

/**
 * Whether an object under a sensitive name only tells about the secret: `{ type: 'bearer', expires: 3 }`, `{ name, version }`.
 *
 * Every member must have a name that {@link benignTails} ends, and hold a number, a boolean, a time, or text that does not look
 * like a token. No getter is read and no trap called: an object that has one is no description.
 */
export function isDescription(value: object): boolean {
  try {
    if (types.isProxy(value)) return false
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return false
    const names = Object.keys(value)
    return (
      names.length > 0 && names.length <= 16 && names.every((name) => isDescriptive(value, name))
    )
  } catch {
    return false
  }
}

function isDescriptive(value: object, name: string): boolean {
  if (name.length > 64 || !benignTails.has(wordsOf(name).at(-1) ?? '')) return false
  const member: unknown = Object.getOwnPropertyDescriptor(value, name)?.value
  switch (typeof member) {
    case 'number':
    case 'boolean':
      return true
    case 'string':
      return member.length <= 64 && !isOpaque(member)
    default:
      return member === null || member instanceof Date
  }
}

/** The same for JSON in a text, of any depth of escaping. */
export function isDescriptionText(text: string): boolean {
  if (!description.test(text)) return false
  for (const match of text.matchAll(member)) {
    if (!benignTails.has(wordsOf(match[1] ?? '').at(-1) ?? '')) return false
    if (isOpaque(match[2] ?? '')) return false
  }
  return true
}

const description =
  /^\{\s?(?:\\{0,8}["'][\w-]{1,40}\\{0,8}["']\s?:\s?(?:\\{0,8}["'][\w .:-]{0,64}\\{0,8}["']|[\d.]{1,16}|true|false|null)\s?(?:,\s?|(?=\}))){1,16}\}$/
const member = /["']([\w-]{1,40})\\{0,8}["']\s?:\s?(?:\\{0,8}["']([\w .:-]{0,64}))?/g

/** Whether a text reads like the path of a directory. */
export function isDirectory(text: string): boolean {
  return directory.test(text)
}

const directory =
  /^(?:\/(?:home|srv|app|apps|usr|var|opt|tmp|root|mnt|etc|data|builds?|code|repo|src|work|workspaces?|github|Users|Volumes)(?:\/[\w.@ -]{1,64}){0,16}\/?|(?:~|\.{0,2})(?:\/[a-z][a-z._-]{1,40}){2,16}\/?|[A-Za-z]:\\[\w\\ .-]{1,200})$/

/** Whether a text under a sensitive name is a word that tells of a state and is no secret: `authorization=required`. */
export function saysNothing(rule: string, text: string): boolean {
  if (text.length > 40) return false
  switch (rule) {
    case 'key:authorization':
    case 'key:credential':
    case 'key:cookie':
      return stateWord.test(text)
    case 'key:token':
      return stateWord.test(text) || lexerWord.test(text)
    case 'key:secret':
      return stateWord.test(text)
    case 'key:password':
      return share.test(text)
    case 'key:session':
      return /^\d{1,4}$/.test(text)
    default:
      return false
  }
}

const stateWord =
  /^(?:required|optional|denied|granted|include|omit|same-origin|default|missing|invalid|valid|expired|revoked|enabled|disabled|allowed|forbidden|failed|unauthorized|anonymous|present|absent|unknown|unchanged|refreshed|rotated|verified|rejected|accepted|ok)$/i

/** Kinds of tokens that lexers and parsers speak of. */
const lexerWord =
  /^(?:(?:ident|identifier|string|number|int|integer|float|eof|comma|semi|semicolon|colon|dot|paren|brace|bracket|lparen|rparen|lbrace|rbrace|lbracket|rbracket|left|right|open|close|newline|whitespace|comment|keyword|operator|punc|punct|punctuator|template|literal|regexp?|plus|minus|star|slash|eq|equals|assign|arrow|and|or|not|if|else|for|while|return|function|indent|dedent|error|name|word|symbol|char|text|tag|end|start|begin|head|tail|middle|block|line)(?:_|$)){1,4}$/i

/** A share or a ratio of checks that passed: `pass: 98%`, `pass: 3/4`. */
const share = /^\d{1,3}(?:\.\d{1,3})?%$|^\d{1,6}\/\d{1,6}$/
