import test from 'ava'
import { createRedactor } from '../../src/redaction/redactor.js'

const redactor = createRedactor()

test('a value that was encoded twice is decoded twice, and no more', (t) => {
  const once = encodeURIComponent('/c?token=abc')
  const twice = encodeURIComponent(`/b?next=${once}`)
  t.is(redactor.text(`/a?next=${twice}`), '/a?next=[Redacted]')
})

test('a rule that is switched off is off in encoded values too', (t) => {
  const text = `/a?q=${encodeURIComponent('Bearer abc123def456')}`
  t.is(redactor.text(text), '/a?q=[Redacted]')
  t.is(createRedactor({ rules: { bearer: false } }).text(text), text)
})

test('the work on encoded values grows with their length', (t) => {
  for (const part of ['a=%41', '=%3D', '=%', '%3D', 'a=%3Dx?', "='%3D'", '=a%3Da%26'])
    t.is(redactor.text(part.repeat(30_000)).length > 0, true, part)
})
