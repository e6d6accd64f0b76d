import test from 'ava'
import { createRedaction } from '../../src/redaction/engine.js'

const redaction = createRedaction({ rules: { pii: true } })

for (const text of [
  'alice@example.com',
  'bob.smith+news@mail.example.org',
  'j_doe99@sub.example.co.uk',
  'jürgen@bücher.example',
  '+49 30 901820',
  '+1 (415) 555-2671',
  '+14155552671',
  '(415) 555-2671',
  '415-555-2671',
  '030 901820',
  '078-05-1120',
  '123 45 6789',
  'GB82WEST12345698765432',
  'FR14 2004 1010 0505 0001 3M02 606',
  'NL91 ABNA 0417 1643 00',
  '10.0.12.7',
  '255.255.255.255',
  'fe80::1ff:fe23:4567:890a',
  '2001:db8:0:1:1:1:1:1',
  '::1',
]) {
  test(`personal data is masked: ${text}`, (t) => {
    t.is(redaction.text(`from ${text} today`), 'from [Redacted] today')
  })
}

for (const text of [
  'left-pad@1.3.0',
  'logo@2x.png',
  '@scope/pkg',
  '555-0134',
  '123-45-678',
  '000-12-3456',
  '666-12-3456',
  '900-12-3456',
  'GB82WEST12345698765433',
  '1.2.3',
  '1.2.3.4.5',
  '999.1.1.1',
  '12:30:45',
  '00:1B:44:11:3A:B7',
  'std::string',
  '2026-11-20',
  'v1.2.3-45-6789',
]) {
  test(`other text stays: ${text}`, (t) => {
    t.is(redaction.text(`from ${text} today`), `from ${text} today`)
  })
}

test('names of personal fields are known when their rules are on', (t) => {
  for (const name of [
    'email',
    'userEmail',
    'phone_number',
    'ssn',
    'iban',
    'remoteAddress',
    'client.ip',
  ])
    t.truthy(redaction.key(name), name)
  t.is(redaction.key('emailSent'), undefined)
})

test('each rule can be on by itself, and the set is off by default', (t) => {
  const emails = createRedaction({ rules: { email: true } })
  t.is(emails.text('a@b.example 10.0.0.1'), '[Redacted] 10.0.0.1')
  t.truthy(emails.key('email'))
  t.is(emails.key('ip'), undefined)
  const but = createRedaction({ rules: { pii: true, ip: false } })
  t.is(but.text('a@b.example 10.0.0.1'), '[Redacted] 10.0.0.1')
  t.is(createRedaction().text('a@b.example 10.0.0.1'), 'a@b.example 10.0.0.1')
  t.false(createRedaction().eager)
  t.true(emails.eager)
})
