import { element } from './dom.js'

const keys: readonly (readonly [key: string, what: string])[] = [
  ['↑ ↓, j k', 'the row above or below'],
  ['Page ↑ ↓, Home, End', 'a page, the first, the last row'],
  ['←, →', 'collapse or expand; to the parent, to the first child'],
  ['shift + ← →', 'collapse or expand all'],
  ['n, N', 'the next or previous span that is found or failed'],
  ['/', 'search'],
  ['e', 'errors only'],
  ['z, Z', 'bars of the selected span only, or of the whole trace'],
  ['[ ]', 'the trace above or below in the list'],
  ['Esc', 'out of the search; no zoom'],
  ['?', 'this'],
]

/** The keys that there are, in a dialog. */
export function createHelp(): HTMLDialogElement {
  const close = element('button', { type: 'submit' }, 'Close')
  return element(
    'dialog',
    { 'aria-label': 'Keys' },
    element('h2', {}, 'Keys'),
    element(
      'table',
      {},
      ...keys.map(([key, what]) =>
        element('tr', {}, element('th', { scope: 'row' }, key), element('td', {}, what)),
      ),
    ),
    element('form', { method: 'dialog' }, close),
  )
}
