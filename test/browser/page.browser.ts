import test from 'ava'
import { id, plainLine, spanLine, traceId } from '../testing/span-lines.js'
import { openPage } from './browser.js'

const records = [
  spanLine({ span: 'a', service: 'gateway', took: 40 }),
  spanLine({ span: 'b', parent: 'a', service: 'gateway', start: 1, took: 9 }),
  spanLine({ span: 'c', parent: 'a', service: 'scanner', start: 10, took: 30, error: 'too bad' }),
  spanLine({ span: 'd', parent: 'c', service: 'scanner', start: 11, took: 2 }),
  plainLine('b', { level: 'warn', msg: 'slow registry', package: 'left-pad' }),
  plainLine('d', { level: 'debug', msg: 'detail' }),
]

test('the page shows the waterfall, asks for nothing, and complains of nothing', async (t) => {
  const { page, names, complaints, requests } = await openPage(t, records)
  t.deepEqual(await names(), ['span a', 'span b', 'span c', 'span d'])
  t.is(await page.locator('.row.line').count(), 2)
  t.is(await page.locator('.bar').count(), 4)
  t.is(await page.locator('.failed .name .text').textContent(), 'span c')
  t.is(await page.locator('nav.traces').isVisible(), false)
  t.is(await page.title(), 'span a · seclog')
  t.deepEqual(complaints, [])
  t.deepEqual(requests, [])
})

test('what is selected is told whole beside it', async (t) => {
  const { page } = await openPage(t, records)
  await page.getByText('span c', { exact: true }).click()
  const detail = await page.locator('.detail').innerText()
  for (const part of ['span c', id('c'), id('a'), 'scanner', 'TypeError: too bad', '30.0 ms'])
    t.true(detail.includes(part), part)
  await page.getByText('slow registry').click()
  t.regex(await page.locator('.detail').innerText(), /slow registry[\s\S]*warn[\s\S]*left-pad/)
})

test('a search leaves what is found and what is above it', async (t) => {
  const { page, names } = await openPage(t, records)
  await page.keyboard.press('/')
  await page.keyboard.type('LEFT-pad')
  await page.waitForFunction(() => document.querySelectorAll('.row:not(.line)').length === 2)
  t.deepEqual(await names(), ['span a', 'span b'])
  t.is(await page.locator('.dimmed').count(), 1)
  t.is(await page.locator('output').textContent(), '1 of 4 spans')
  await page.keyboard.press('Escape')
  t.is((await names()).length, 4)
})

test('spans are filtered by service and by failure, lines by level', async (t) => {
  const { page, names } = await openPage(t, records)
  await page.getByRole('button', { name: 'scanner' }).click()
  t.deepEqual(await names(), ['span a', 'span b'])
  await page.getByRole('button', { name: 'scanner' }).click()
  await page.getByLabel('errors only').check()
  t.deepEqual(await names(), ['span a', 'span c'])
  await page.getByLabel('errors only').uncheck()
  await page.getByLabel('Log lines').selectOption('lines from warn')
  t.deepEqual(await page.locator('.row.line .text').allTextContents(), [
    'slow registry  package=left-pad',
  ])
  await page.getByLabel('Log lines').selectOption('no lines')
  t.is(await page.locator('.row.line').count(), 0)
})

test('all can be done by keys', async (t) => {
  const { page, names } = await openPage(t, records)
  const selected = (): Promise<string | null> =>
    page.locator('.row[aria-selected="true"] .name .text').textContent()
  const press = async (...keys: string[]): Promise<string | null> => {
    for (const key of keys) await page.keyboard.press(key)
    return selected()
  }
  t.is(await selected(), 'span a')
  t.is(await press('ArrowDown'), 'span b')
  t.is(await press('j', 'j'), 'span c')
  t.is(await press('End'), 'detail')
  t.is(await press('ArrowLeft'), 'span d')
  t.is(await press('ArrowLeft', 'ArrowLeft'), 'span c')
  t.is(await press('ArrowLeft'), 'span c')
  t.deepEqual(await names(), ['span a', 'span b', 'span c'])
  t.is(await press('ArrowRight', 'ArrowRight'), 'span d')
  t.is(await press('Home', 'n'), 'span c')
  await press('Shift+ArrowLeft')
  t.deepEqual(await names(), ['span a'])
  await press('Shift+ArrowRight', 'e')
  t.deepEqual(await names(), ['span a', 'span c'])
  await press('e', 'Home', 'n', 'z')
  const bar = await page
    .locator('.row[aria-selected="true"] .bar')
    .evaluate((node) => node.style.width)
  t.is(bar, '100%')
  await page.keyboard.press('?')
  t.true(await page.getByRole('dialog').isVisible())
  await page.keyboard.press('Escape')
  t.false(await page.getByRole('dialog').isVisible())
})

test('a screen reader is told of a tree and of the row that is selected', async (t) => {
  const { page } = await openPage(t, records)
  const grid = page.getByRole('treegrid')
  t.is(await grid.getAttribute('aria-rowcount'), '7')
  await page.keyboard.press('End')
  const active = await grid.getAttribute('aria-activedescendant')
  const row = page.locator(`#${active}`)
  t.is(await row.getAttribute('aria-level'), '4')
  t.is(await row.getAttribute('aria-selected'), 'true')
  t.is(await page.locator('#row-0').getAttribute('aria-expanded'), 'true')
})

test('several traces stand in a list, and the address says which one is shown', async (t) => {
  const other = 'a'.repeat(32)
  const { page, names } = await openPage(t, [...records, spanLine({ span: 'e', trace: other })])
  t.is(await page.locator('nav.traces li').count(), 2)
  await page.locator(`[data-id="${other}"]`).click()
  t.deepEqual(await names(), ['span e'])
  t.true(page.url().endsWith(`#${other}`))
  await page.locator('.grid').focus()
  await page.keyboard.press('[')
  await page.waitForFunction((hash) => location.hash === hash, `#${traceId}`)
  t.deepEqual(await names(), ['span a', 'span b', 'span c', 'span d'])
})

test('what is missing in a trace is said', async (t) => {
  const { page } = await openPage(t, [
    spanLine({ span: 'a', parent: 'f' }),
    spanLine({ span: 'b', parent: 'a', kind: 'span_start' }),
  ])
  const problems = page.locator('main > details')
  t.regex(
    (await problems.textContent()) ?? '',
    /2 things are missing[\s\S]*never ended[\s\S]*never seen/,
  )
  t.true(await page.getByText('span b (never ended)').isVisible())
})

test('of 10,000 spans only those in sight are elements, and the last one can be reached', async (t) => {
  const many = Array.from({ length: 10_000 }, (_, n) =>
    spanLine({
      span: (n + 1).toString(16),
      start: n,
      ...(n > 0 && { parent: (n >> 1 || 1).toString(16) }),
    }),
  )
  const { page, complaints } = await openPage(t, many)
  t.regex((await page.locator('.summary').textContent()) ?? '', /10,000 spans/)
  t.true((await page.locator('.row').count()) < 100)
  await page.keyboard.press('End')
  t.is(await page.locator('.row[aria-selected="true"]').getAttribute('aria-rowindex'), '10001')
  await page.keyboard.press('/')
  await page.keyboard.type('span 270f')
  await page.waitForFunction(
    () => document.querySelector('output')?.textContent === '1 of 10,000 spans',
  )
  t.deepEqual(complaints, [])
})

test('the page is light or dark as the system is, and readable in both', async (t) => {
  const brightness: number[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await openPage(t, records, { colorScheme })
    const [back, text] = await page.evaluate(() => {
      const { backgroundColor, color } = getComputedStyle(document.body)
      return [backgroundColor, color]
    })
    const sum = (colour: string | undefined): number =>
      (colour?.match(/\d+/g) ?? []).slice(0, 3).reduce((total, part) => total + Number(part), 0)
    brightness.push(sum(back))
    t.true(Math.abs(sum(back) - sum(text)) > 500, `${back} ${text}`)
  }
  t.true((brightness[0] ?? 0) > 600 && (brightness[1] ?? 765) < 150)
})

test('on a narrow screen nothing runs out of it', async (t) => {
  const { page } = await openPage(t, records, { width: 400 })
  t.true(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
  t.true(await page.getByText('span d').isVisible())
})
