import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import test from 'ava'
import { lines } from '../cli/run-seclog.js'
import { startView } from '../cli/view-process.js'
import { plainLine, spanLine, traceId } from '../testing/span-lines.js'
import { launch, openUrl } from './browser.js'

test('a live page shows traces and their lines as they come, and keeps what is selected', async (t) => {
  const view = await startView(t, [], '')
  const { page, complaints, names } = await openUrl(t, `${view.base}/`)
  t.regex((await page.locator('.summary').textContent()) ?? '', /^Waiting for lines/)
  view.child.stdin.write(lines([spanLine({ span: 'b', parent: 'a', start: 1 })]))
  await page.getByText('span b', { exact: true }).first().waitFor()
  view.child.stdin.write(lines([spanLine({ span: 'a' }), plainLine('b', { msg: 'in it' })]))
  await page.getByText('in it').waitFor()
  t.deepEqual(await names(), ['span a', 'span b'])
  t.is(await page.locator('.row[aria-selected="true"] .name .text').textContent(), 'span b')
  const other = 'a'.repeat(32)
  view.child.stdin.write(lines([spanLine({ span: 'e', trace: other, error: 'too bad', start: 9 })]))
  await page.locator(`[data-id="${other}"]`).click()
  await page.locator('.row', { hasText: 'span e' }).waitFor()
  t.true(page.url().endsWith(`#${other}`))
  t.deepEqual(complaints, [])
})

test('a name of the attacker that leads to this machine is refused', async (t) => {
  const view = await startView(t, [], lines([spanLine({ span: 'a' })]))
  const { port } = new URL(view.base)
  const browser = await launch(['--host-resolver-rules=MAP evil.example 127.0.0.1'])
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  const response = await page.goto(`http://evil.example:${port}/`)
  t.is(response?.status(), 403)
})

test('a page of another origin can neither read nor write', async (t) => {
  const view = await startView(t, [], lines([spanLine({ span: 'a' })]))
  await view.until(({ traces }) => traces.length === 1)
  const foreign = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>foreign</title>')
  })
  foreign.listen(0, '127.0.0.1')
  await once(foreign, 'listening')
  t.teardown(() => foreign.close())
  const { port } = foreign.address() as AddressInfo
  const browser = await launch()
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${port}/`)
  const span = spanLine({ span: 'f' })
  const attempts = await page.evaluate(
    async ([base, trace, body]) => {
      const attempt = async (path: string, options: RequestInit): Promise<string> => {
        try {
          const response = await fetch(`${base}${path}`, options)
          return response.type === 'opaque' ? 'opaque' : `read ${(await response.text()).length}`
        } catch {
          return 'refused'
        }
      }
      const frame = document.createElement('iframe')
      frame.src = `${base}/`
      document.body.append(frame)
      await new Promise((resolve) => frame.addEventListener('load', resolve))
      return [
        await attempt('/api/traces', {}),
        await attempt(`/api/traces/${trace}`, { mode: 'no-cors' }),
        await attempt('/v1/traces', { method: 'POST', mode: 'no-cors', body: body ?? '' }),
        frame.contentDocument === null ? 'no frame' : 'framed',
      ]
    },
    [view.base, traceId, JSON.stringify({ resourceSpans: [span] })],
  )
  t.is(attempts[0], 'refused')
  t.true(['refused', 'opaque'].includes(attempts[1] ?? ''))
  t.is(attempts[3], 'no frame')
  t.is((await view.state()).traces[0]?.span_count, 1)
})
