import { join } from 'node:path'
import process from 'node:process'
import test, { type ExecutionContext } from 'ava'
import { createSecurityLogger } from '../../src/index.js'
import { memoryDestination } from '../../src/testing/index.js'
import { plainLine, spanLine, traceId } from '../testing/span-lines.js'
import { type Opened, openPage } from './browser.js'

/** What runs a script, leaves its place or breaks a layout where text is taken for markup. */
const payloads: readonly string[] = [
  '</script><script>window.hacked=1</script>',
  '<script>window.hacked=1</script>',
  '<img src=x onerror="window.hacked=1">',
  '"><svg onload=window.hacked=1>',
  "' onmouseover='window.hacked=1' x='",
  '<iframe srcdoc="<script>parent.hacked=1</script>"></iframe>',
  '<style>*{display:none!important}</style>',
  '</style></title></textarea><base href="https://evil.example/"><h1>FORGED</h1>',
  '<!--<script>',
  '--><meta http-equiv="refresh" content="0;url=https://evil.example/">',
  'javascript:window.hacked=1',
  '{{constructor.constructor("window.hacked=1")()}}',
  `$${'{window.hacked=1}'}`,
  '__proto__',
  'constructor',
  '\u2028window.hacked=1\u2029',
  '\u202egpj.exe\u202c \u2066x',
  'Z\u0351\u036b\u0343\u036a\u0302'.repeat(50),
  '\u0000\u0007\u001b[2J\u009b31m',
  '\ud800 lone \udfff',
  'W'.repeat(20_000),
  '\n'.repeat(500),
  '😀'.repeat(500),
  '﷽'.repeat(100),
]

function recordsOf(payload: string): object[] {
  const span = spanLine({ span: 'a', service: payload, error: payload })
  return [
    {
      ...span,
      level: payload,
      span: {
        ...(span['span'] as object),
        name: payload,
        kind: payload,
        status_message: payload,
        outcome: payload,
        attributes: { [payload]: payload, nested: { [payload]: [payload] } },
      },
      err: { type: payload, message: payload, stack: payload },
    },
    plainLine('a', { level: payload, msg: payload, service: payload, [payload]: payload }),
    plainLine('a', {
      msg: payload,
      'event.kind': 'alert',
      'event.action': payload,
      'event.severity': 99,
    }),
  ]
}

async function assertTame(t: ExecutionContext, opened: Opened, what: string): Promise<void> {
  const { page, complaints, requests } = opened
  const rows = await page.locator('.row').count()
  for (let at = 0; at < Math.min(rows, 40); at += 1) await page.keyboard.press('ArrowDown')
  const found = await page.evaluate(() => ({
    hacked: 'hacked' in window,
    foreign: [...document.querySelectorAll('img, svg, iframe, object, embed, base, link, h1 + h1')]
      .length,
    scripts: document.scripts.length,
    styles: document.querySelectorAll('style').length,
    handlers: [...document.querySelectorAll('*')].filter((node) =>
      node.getAttributeNames().some((name) => name.startsWith('on')),
    ).length,
    wide: document.documentElement.scrollWidth > innerWidth,
    tall: document.documentElement.scrollHeight > innerHeight,
    heights: [...document.querySelectorAll('.row')].map(
      (row) => row.getBoundingClientRect().height,
    ),
    overflowing: [...document.querySelectorAll('.row > div')].filter(
      (cell) => cell.getBoundingClientRect().height > 24.5,
    ).length,
    text: document.body.innerText,
    visible: getComputedStyle(document.querySelector('.grid') as Element).display,
  }))
  t.false(found.hacked, `${what}: a script ran`)
  t.is(found.foreign, 0, `${what}: an element was made`)
  t.is(found.scripts, 2, `${what}: scripts`)
  t.is(found.styles, 1, `${what}: styles`)
  t.is(found.handlers, 0, `${what}: handlers`)
  t.false(found.wide || found.tall, `${what}: the page runs out of the window`)
  t.true(
    found.heights.every((height) => height === 24),
    `${what}: rows are not of one height`,
  )
  t.is(found.overflowing, 0, `${what}: cells`)
  t.not(found.visible, 'none', what)
  t.notRegex(
    found.text,
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
    what,
  )
  t.deepEqual(complaints, [], what)
  t.deepEqual(requests, [], what)
}

for (const payload of payloads) {
  const name = JSON.stringify(payload.slice(0, 60))
  test.serial(`${name} in any place neither runs nor breaks the layout`, async (t) => {
    const opened = await openPage(t, recordsOf(payload))
    t.is(await opened.page.locator('.row').count(), 3)
    await assertTame(t, opened, name)
  })
}

test.serial('no payload does so with others, in a list of traces', async (t) => {
  const records = payloads.flatMap((payload, at) =>
    recordsOf(payload).map((record) => ({ ...record, trace_id: `${at + 1}`.padStart(32, '0') })),
  )
  const opened = await openPage(t, records, { args: ['--limit', '100'] })
  t.is(await opened.page.locator('nav.traces li').count(), payloads.length)
  await assertTame(t, opened, 'all payloads')
})

interface HostileInput {
  readonly name: string
  readonly heavy?: boolean
  make(): unknown
}

test.serial('no hostile value that a logger has written does so', async (t) => {
  const { hostileInputs } = (await import(join(process.cwd(), 'test/data/hostile-inputs.mjs'))) as {
    hostileInputs: readonly HostileInput[]
  }
  const destination = memoryDestination()
  const log = createSecurityLogger({ service: 'probe' }, destination)
  const made = hostileInputs.flatMap(({ heavy, make }) => {
    try {
      return heavy === true ? [] : [make()]
    } catch {
      return []
    }
  })
  t.true(made.length > 100)
  log.withSpan('hostile', () => {
    for (const value of made) {
      log.info({ value }, typeof value === 'string' ? value : 'probe')
      log.withSpan(String(typeof value === 'string' ? value.slice(0, 1_000) : 'probe'), (span) => {
        span.setAttribute('value', typeof value === 'string' ? value : 'other')
      })
    }
  })
  const opened = await openPage(t, destination.records)
  await assertTame(t, opened, 'hostile inputs')
  await opened.page.keyboard.press('End')
  await assertTame(t, opened, 'the end of hostile inputs')
})

test.serial('the policy of the page lets nothing run that was not written with it', async (t) => {
  const { page } = await openPage(t, [spanLine({ span: 'a', trace: traceId })])
  const refused = await page.evaluate(() => {
    const attempts: string[] = []
    addEventListener('securitypolicyviolation', (event) => attempts.push(event.violatedDirective))
    try {
      document.body.innerHTML = '<img src=x onerror="window.hacked=1">'
    } catch (error) {
      attempts.push(String(error))
    }
    const script = document.createElement('script')
    try {
      script.textContent = 'window.hacked=1'
      document.body.append(script)
    } catch (error) {
      attempts.push(String(error))
    }
    const image = document.createElement('img')
    image.src = 'https://evil.example/x.png'
    document.body.append(image)
    return fetch('https://evil.example/').then(
      () => ['fetched'],
      () => ('hacked' in window ? ['ran'] : attempts),
    )
  })
  t.true(refused.length >= 2, String(refused))
  t.false(refused.includes('ran') || refused.includes('fetched'))
})
