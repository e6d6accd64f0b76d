import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import type { PageData } from '../../src/cli/page-data.js'
import { plainLine, spanLine, traceId } from '../testing/span-lines.js'
import { files, lines, runSeclog } from './run-seclog.js'

const other = 'a'.repeat(32)
const input = lines([
  spanLine({ span: 'a' }),
  plainLine('a', { msg: '</script><!--<script>\u2028&' }),
  spanLine({ span: 'e', trace: other, error: 'too bad' }),
])

/** What the page's script reads. */
function dataOf(html: string): PageData {
  const text = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1]
  return JSON.parse(text ?? '')
}

test('a page holds its script and style sheet, lets nothing else run, and has what was logged as data', async (t) => {
  const { code, stdout } = await runSeclog(['trace', traceId, '--html', '-'], { input })
  t.is(code, 0)
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(stdout)?.[1]
  const hash = (text: string | undefined): string =>
    `&#39;sha256-${createHash('sha256')
      .update(text ?? '')
      .digest('base64')}&#39;`
  const script = /<script>(.*?)<\/script>/s.exec(stdout)?.[1]
  const style = /<style>(.*?)<\/style>/s.exec(stdout)?.[1]
  t.true(policy?.startsWith('default-src &#39;none&#39;; '))
  t.true(policy?.includes(`script-src ${hash(script)};`))
  t.true(policy?.includes(`style-src ${hash(style)};`))
  t.true(policy?.endsWith('trusted-types &#39;none&#39;'))
  t.is(stdout.match(/<script/g)?.length, 2)
  t.false(/https?:\/\//.test(stdout.replace(/"[^"]*"/g, '')))
  const { traces, live } = dataOf(stdout)
  t.false(live)
  t.is(traces.length, 1)
  t.is(traces[0]?.spans[0]?.lines[0]?.message, '</script><!--<script>\u2028&')
})

test('without an id the page has the traces of the list', async (t) => {
  const paths = files(t, { in: input })
  const page = join(paths.folder, 'page.html')
  const { code, stderr } = await runSeclog(['trace', '--errors', '--html', page, paths.in])
  t.is(code, 0)
  t.is(stderr, `1 trace in ${page}\n`)
  const html = readFileSync(page, 'utf8')
  t.deepEqual(
    dataOf(html).traces.map(({ trace_id }) => trace_id),
    [other],
  )
  t.regex(html, /<title>span e · seclog<\/title>/)
})

test('what cannot be made a page of is said', async (t) => {
  const paths = files(t, { in: input })
  const refused: [string[], RegExp][] = [
    [['trace', '--html', 'x.html'], /reading twice, which standard input does not allow/],
    [['trace', '--html', join(paths.folder, 'no/page.html'), paths.in], /cannot be written to/],
  ]
  for (const [args, sentence] of refused) {
    const { code, stdout, stderr } = await runSeclog(args, { input })
    t.is(code, 2)
    t.is(stdout, '')
    t.regex(stderr, sentence)
  }
})
