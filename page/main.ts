import type { PageData } from '../src/cli/page-data.js'
import { startApp } from './app.js'
import { element } from './dom.js'
import './page.css'

const root = document.getElementById('app')
const text = document.getElementById('data')?.textContent

if (root !== null && typeof text === 'string') {
  startApp(JSON.parse(text) as PageData, root).catch((error: unknown) => {
    root.replaceChildren(element('p', { class: 'bad' }, `The page does not work here: ${error}`))
  })
}
