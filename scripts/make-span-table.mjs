/** Writes the table of domain spans into docs/spans.md. Run it after `tsc`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { conventionTable } from '../build/test/spans/convention-table.js'

const page = 'docs/spans.md'
const text = readFileSync(page, 'utf8')
const table = /^\| function \| name of the span \|.*\n(?:\|.*\n)+/m
if (!table.test(text)) throw new Error(`${page} has no table of domain spans`)
writeFileSync(
  page,
  text.replace(table, () => `${conventionTable()}\n`),
)
