import { element, hueOf, shown } from './dom.js'
import { levels, noLines, type View } from './rows.js'

export interface Toolbar {
  readonly node: HTMLElement
  readonly search: HTMLInputElement
  /** What the controls say; without what is collapsed. */
  view(): Omit<View, 'collapsed'>
  /** Offers these services, and keeps those hidden that were. */
  offer(services: readonly string[]): void
  /** Says how many spans are shown. */
  say(text: string): void
  toggleErrors(): void
}

export interface ToolbarActions {
  changed(): void
  expand(): void
  collapse(): void
  help(): void
}

/** Search, filters and buttons above the waterfall. */
export function createToolbar(actions: ToolbarActions): Toolbar {
  const hidden = new Set<string>()
  const search = element('input', {
    type: 'search',
    placeholder: 'Search spans and lines ( / )',
    'aria-label': 'Search spans and lines',
    maxlength: 200,
  })
  const level = element(
    'select',
    { 'aria-label': 'Log lines' },
    ...levels.map((name, rank) =>
      element('option', { value: rank }, rank === 0 ? 'all lines' : `lines from ${name}`),
    ),
    element('option', { value: noLines }, 'no lines'),
  )
  level.value = '0'
  const errors = element('input', { type: 'checkbox', id: 'errors-only' })
  const services = element('div', { class: 'services', role: 'group', 'aria-label': 'Services' })
  const status = element('output', { class: 'count', 'aria-live': 'polite' })
  const button = (text: string, title: string, act: () => void): HTMLButtonElement => {
    const made = element('button', { type: 'button', title }, text)
    made.addEventListener('click', act)
    return made
  }
  let waiting = 0
  search.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(actions.changed, 80)
  })
  level.addEventListener('change', actions.changed)
  errors.addEventListener('change', actions.changed)
  const node = element(
    'div',
    { class: 'toolbar', role: 'toolbar', 'aria-label': 'Filters' },
    search,
    level,
    element('label', { for: 'errors-only' }, errors, ' errors only'),
    services,
    button('▾ all', 'Expand all (shift + →)', actions.expand),
    button('▸ all', 'Collapse all (shift + ←)', actions.collapse),
    button('?', 'Keys', actions.help),
    status,
  )
  return {
    node,
    search,
    view: () => ({
      search: search.value,
      hidden,
      errorsOnly: errors.checked,
      leastLevel: Number(level.value),
    }),
    offer(names) {
      services.replaceChildren(
        ...names.map((name) => {
          const chip = element(
            'button',
            { type: 'button', class: 'chip', 'aria-pressed': String(!hidden.has(name)) },
            shown(name).slice(0, 40) || '(none)',
          )
          chip.style.setProperty('--hue', String(hueOf(name)))
          chip.addEventListener('click', () => {
            if (!hidden.delete(name)) hidden.add(name)
            chip.setAttribute('aria-pressed', String(!hidden.has(name)))
            actions.changed()
          })
          return chip
        }),
      )
    },
    say(text) {
      if (status.textContent !== text) status.textContent = text
    },
    toggleErrors() {
      errors.checked = !errors.checked
      actions.changed()
    },
  }
}
