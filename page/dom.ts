import { printable } from '../src/testing/printable.js'

type Child = Node | string | undefined

/** Attributes; `class` and the like by their names in HTML. `undefined` and `false` leave one out. */
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** Makes an element. Text becomes text, whatever is in it: nothing here parses HTML. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    made.setAttribute(name, value === true ? '' : String(value))
  }
  for (const child of children) if (child !== undefined) made.append(child)
  return made
}

/** A logged value as text: what could turn the text around or hide in it is spelled out. */
export function shown(text: string): string {
  return printable(text)
}

/** An element with logged text in it, and the whole text as its tooltip. */
export function textElement(tag: 'span' | 'div', className: string, text: string): HTMLElement {
  const visible = shown(text)
  return element(tag, { class: className, title: visible.slice(0, 500) }, visible.slice(0, 2_000))
}

/** Hue of a service, 0 to 359. */
export function hueOf(name: string): number {
  let hash = 0
  for (let at = 0; at < name.length; at += 1) hash = (hash * 31 + name.charCodeAt(at)) >>> 0
  return (hash * 137) % 360
}

/** Milliseconds for people. */
export function duration(ms: number | undefined): string {
  if (ms === undefined) return '?'
  if (ms === 0) return '0 ms'
  if (ms >= 10_000) return `${(ms / 1_000).toFixed(1)} s`
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`
  return ms >= 100 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(ms < 1 ? 2 : 1)} ms`
}

/** `1 span`, `10,000 spans`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}
