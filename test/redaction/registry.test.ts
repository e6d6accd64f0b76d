import { Buffer } from 'node:buffer'
import test from 'ava'
import { SeclogError } from '../../src/errors.js'
import { createRedaction } from '../../src/redaction/engine.js'
import {
  forgetSecrets,
  hasSecrets,
  registerSecret,
  registerSecretsFromEnv,
} from '../../src/redaction/registry.js'

const redaction = createRedaction()
const value = 'Zx9 /"quote"+pässwort&%=end'

test.beforeEach(() => forgetSecrets())
test.after.always(() => forgetSecrets())

test.serial('without secrets nothing is asked', (t) => {
  t.false(hasSecrets())
  t.false(redaction.eager)
})

test.serial('a registered secret is masked in every spelling', (t) => {
  registerSecret(value, { name: 'db' })
  t.true(redaction.eager)
  const bytes = Buffer.from(value)
  const spellings = {
    plain: value,
    base64: bytes.toString('base64'),
    base64url: bytes.toString('base64url'),
    'base64 at offset 1': Buffer.from(`u${value}z`).toString('base64'),
    'base64 at offset 2': Buffer.from(`us${value}zz`).toString('base64'),
    'basic credentials': Buffer.from(`bob:${value}`).toString('base64'),
    'base64url at offset 1': Buffer.from(`u${value}`).toString('base64url'),
    hex: bytes.toString('hex'),
    'upper-case hex': bytes.toString('hex').toUpperCase(),
    'URL-encoded': encodeURIComponent(value),
    'URL-encoded in lower case': encodeURIComponent(value).replace(/%../g, (c) => c.toLowerCase()),
    form: new URLSearchParams({ x: value }).toString(),
    JSON: JSON.stringify(value),
    'JSON in JSON': JSON.stringify(JSON.stringify(value)),
    'JSON with escaped slashes': JSON.stringify(value).replaceAll('/', '\\/'),
  }
  for (const [name, spelling] of Object.entries(spellings)) {
    const out = redaction.text(`before ${spelling} after`)
    t.true(out.includes('[Redacted]'), name)
    for (const part of ['Zx9', 'sswort', 'end', 'cXVvd', '717565'])
      t.false(out.includes(part), `${name}: ${out}`)
    t.true(out.startsWith('before ') && out.endsWith(' after'), name)
  }
  t.true((redaction.counts['secret:db'] ?? 0) >= Object.keys(spellings).length)
})

test.serial('many secrets are told apart', (t) => {
  for (let i = 0; i < 100; i++) registerSecret(`s3cr3t-number-${i}-x`, { name: `n${i}` })
  registerSecret('s3cr3t-number-7-x', { name: 'again' })
  const fresh = createRedaction()
  t.is(fresh.text('a s3cr3t-number-42-x b s3cr3t-number-7-x'), 'a [Redacted] b [Redacted]')
  t.deepEqual({ ...fresh.counts }, { 'secret:n42': 1, 'secret:n7': 1 })
  t.is(fresh.text('s3cr3t-number-100-x'), 's3cr3t-number-100-x')
})

for (const weak of [
  '',
  'short',
  'password',
  'Password1!',
  'changeme',
  'aaaaaaaaaaaa',
  'abababababab',
  'postgres',
  '12345678',
  'localhost:5432',
  'production',
  'https://example.com',
  '/usr/local/bin',
]) {
  test.serial(`a weak secret is refused: ${JSON.stringify(weak)}`, (t) => {
    const error = t.throws(() => registerSecret(weak, { name: 'weak' }), {
      instanceOf: SeclogError,
      code: 'SECLOG_SECRET_WEAK',
    })
    if (weak !== '') t.false(error?.message.includes(`"${weak}"`))
    t.false(hasSecrets())
  })
}

test.serial('a secret of a wrong type or without a name is refused', (t) => {
  t.throws(() => registerSecret(42 as unknown as string, { name: 'x' }), {
    code: 'SECLOG_OPTION_INVALID',
  })
  t.throws(() => registerSecret('Zx9-abcdefgh', { name: '' }), { code: 'SECLOG_OPTION_INVALID' })
  t.throws(() => registerSecret('Zx9-abcdefgh'.repeat(10_000), { name: 'long' }), {
    code: 'SECLOG_SECRET_WEAK',
  })
})

test.serial('secrets come from variables whose names match', (t) => {
  const environment = {
    DB_PASSWORD: 'kY8-correct-Staple',
    API_KEY: 'short',
    HOME: '/root',
    EMPTY_TOKEN: '',
    OTHER: 'q7W-battery-Horse',
    UNSET_SECRET: undefined,
  }
  t.deepEqual(registerSecretsFromEnv(undefined, environment), {
    registered: ['DB_PASSWORD'],
    refused: ['API_KEY'],
  })
  t.deepEqual(registerSecretsFromEnv(['OTHER'], environment), {
    registered: ['OTHER'],
    refused: [],
  })
  t.deepEqual(registerSecretsFromEnv(/^DB/g, environment), {
    registered: ['DB_PASSWORD'],
    refused: [],
  })
  t.is(redaction.text('kY8-correct-Staple q7W-battery-Horse'), '[Redacted] [Redacted]')
})

test.serial('a secret that is JSON is masked under names that are none', (t) => {
  registerSecret('{"a":"Qx7-zzzz"}', { name: 'json' })
  t.is(redaction.text('x {"a":"Qx7-zzzz"} y'), 'x [Redacted] y')
})

test.serial(
  'a secret with marks and letters beyond ASCII is masked in every spelling of URLs and JSON',
  (t) => {
    const secret = "Vq7!kL'é9(R)*tx~Ü"
    registerSecret(secret, { name: 'odd' })
    const plain = encodeURIComponent(secret)
    const strict = plain.replace(
      /[!'()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    )
    const lower = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (c) => c.toLowerCase())
    const ascii = secret.replace('é', '\\u00e9').replace('Ü', '\\u00dc')
    const redaction = createRedaction()
    for (const form of [
      plain,
      strict,
      lower(plain),
      lower(strict),
      ascii,
      ascii.replace('\\u00e9', '\\u00E9').replace('\\u00dc', '\\u00DC'),
      ascii.replaceAll('\\', '\\\\'),
    ])
      t.is(redaction.text(`at ${form} end`), 'at [Redacted] end', form)
  },
)
