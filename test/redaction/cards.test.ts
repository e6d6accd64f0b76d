import test from 'ava'
import { createRedaction } from '../../src/redaction/engine.js'

const redaction = createRedaction()

for (const text of [
  '4242424242424242',
  '4111 1111 1111 1111',
  '5555-5555-5555-4444',
  '2223003122003222',
  '378282246310005',
  '3782 822463 10005',
  '6011111111111117',
  '30569309025904',
  '3530111333300000',
  '6200000000000005',
  '4242\u00a04242\u00a04242\u00a04242',
  '4242.4242.4242.4242',
]) {
  test(`a card number is masked: ${text}`, (t) => {
    t.is(redaction.text(`paid with ${text}, thanks`), 'paid with [Redacted], thanks')
    t.is(redaction.text(`pan=${text};`), 'pan=[Redacted];')
  })
}

for (const text of [
  '4242424242424241',
  '1763632800000',
  '1763632800000123',
  '1763632800000123456',
  '9783161484100',
  '4006381333931',
  '0.4242424242424242',
  '4242424242424242.5',
  'a4242424242424242',
  '4242424242424242b',
  '8812345678901234',
  '0000000000000000',
  '42424242424242421234567',
  '41113111-1111-4111-8111-111111111111',
  '2026-11-20 2026-11-21',
  '4242 4242-4242 4242',
]) {
  test(`other numbers stay: ${text}`, (t) => {
    t.is(redaction.text(`id ${text} x`), `id ${text} x`)
  })
}

test('numbers are asked too', (t) => {
  t.is(redaction.number(4242424242424242), 'card')
  t.is(redaction.number(4242424242424242n), 'card')
  t.is(redaction.number(6011111111111117n), 'card')
  t.is(redaction.number(1763632800000), undefined)
  t.is(redaction.number(42), undefined)
  t.is(redaction.number(-4242424242424242), undefined)
  t.is(redaction.number(4242424242424.5), undefined)
})

test('the cards set can be off', (t) => {
  const off = createRedaction({ rules: { cards: false } })
  t.is(off.text('4242424242424242'), '4242424242424242')
  t.is(off.number(4242424242424242), undefined)
  const single = createRedaction({ rules: { card: false } })
  t.is(single.text('4242424242424242'), '4242424242424242')
  t.is(single.number(4242424242424242), undefined)
})
