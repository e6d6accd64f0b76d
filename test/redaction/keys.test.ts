import test from 'ava'
import { createRedaction } from '../../src/redaction/engine.js'
import { createKeyRules, masksText, verdictMasks } from '../../src/redaction/keys.js'

const key = createKeyRules()

for (const name of [
  'password',
  'Password',
  'PASSWORD',
  'dbPassword',
  'db-password',
  'user.password',
  'password2',
  'newPassword',
  'passwd',
  'pwd',
  'passwordHash',
  'passphrase',
  'pass_word',
  'pass',
  'secret',
  'clientSecret',
  'JWT_SECRET',
  'token',
  'accessToken',
  'ACCESS_TOKEN',
  'csrf-token',
  'apiKey',
  'API-KEY',
  'x-api-key',
  'api_key',
  'apikey',
  'myapikey',
  'githubPrivateKey',
  'private_key',
  'secretAccessKey',
  'signingKey',
  'authorization',
  'Proxy-Authorization',
  'cookie',
  'Set-Cookie',
  'credentials',
  'sessionId',
  'session_id',
  'PHPSESSID',
  'connect.sid',
  'otp',
  'mfa_code',
  'verificationCode',
  'pin',
  'cvv',
  'cardNumber',
  'mnemonic',
  'seed_phrase',
  'code_verifier',
  'one_time_password',
  'contraseña',
  'пароль',
  '密码',
  'sshkey',
  'authcookie',
  'x-amz-security-token',
  'tokenValue',
  'password_prod',
  'OLD_PASSWORD',
]) {
  test(`a value under ${name} is masked`, (t) => {
    const verdict = key(name)
    t.truthy(verdict)
    if (verdict !== undefined)
      t.true(verdictMasks(verdict, 'A1b2C3d4E5f6G7h8 '.trim()) || verdict.rule === 'key:pin')
  })
}

for (const [name, value] of [
  ['token_count', 512],
  ['tokenizer', 'bpe'],
  ['max_tokens', 4096],
  ['input_tokens', 12],
  ['author', 'Jane'],
  ['authority', 'x.com'],
  ['secretary', 'Mr. Black'],
  ['password_reset_sent', true],
  ['has_password', false],
  ['session_count', 4],
  ['session', 'active'],
  ['auth', 'basic'],
  ['auth_method', 'oauth2'],
  ['secret_name', 'prod/db'],
  ['cache_key', 'user:42:profile'],
  ['primary_key', 'id'],
  ['sort_key', '2026-11-20#0042-abcdef'],
  ['key_id', 'alias/main'],
  ['publicKey', 'MIIBIjANBgkqhkiG9w0B'],
  ['keyboard', 'us'],
  ['cookie_consent', 'yes'],
  ['credit_card_type', 'visa'],
  ['compass', 'N'],
  ['bypass', 'x'],
  ['pinned', true],
  ['pin', 'gpio17'],
  ['pass', 12],
  ['token_type', 'Bearer'],
  ['passwordExpiresInDays', 30],
  ['PWD', '/app'],
  ['password', '***'],
  ['token', '$API_TOKEN'],
  ['secret', '[REDACTED]'],
  ['password', ''],
  ['password', null],
  ['token', true],
  ['idempotency_key', '4a5ff63f-30b1-4fdc-a8f1-74d83544bb83'],
] as const) {
  test(`${JSON.stringify(value)} under ${name} stays`, (t) => {
    const verdict = key(name)
    t.false(verdict !== undefined && verdictMasks(verdict, value))
  })
}

test('a branch verdict masks objects, a scalar one numbers and arrays of them', (t) => {
  const password = key('password')
  const otp = key('otp')
  if (password === undefined || otp === undefined) return t.fail()
  t.true(verdictMasks(password, { hash: 'x' }))
  t.true(verdictMasks(password, () => 'x'))
  t.false(verdictMasks(otp, { sent: true }))
  t.true(verdictMasks(otp, 493021))
  t.true(verdictMasks(otp, 493021n))
  t.true(verdictMasks(otp, ['493021']))
  t.false(verdictMasks(otp, [{ at: 1 }]))
})

test('an array that cannot be read is masked', (t) => {
  const otp = key('otp')
  const { proxy, revoke } = Proxy.revocable(['x'], {})
  const hostile = new Proxy(['x'], {
    get() {
      throw new Error('no')
    },
  })
  if (otp === undefined) return t.fail()
  t.true(verdictMasks(otp, hostile))
  revoke()
  t.throws(() => Array.isArray(proxy))
})

test('an opaque verdict masks what looks like a token', (t) => {
  const auth = key('auth')
  if (auth === undefined) return t.fail()
  t.true(masksText(auth, 'cm9ib3Q6c0ZYZ2xJM2xs'))
  t.false(masksText(auth, 'anonymous'))
  t.false(masksText(auth, '/var/run/x.sock'))
})

test('PWD is a password where it is no path', (t) => {
  const verdict = key('PWD')
  if (verdict === undefined) return t.fail()
  t.false(masksText(verdict, '/home/app'))
  t.false(masksText(verdict, 'C:\\app'))
  t.true(masksText(verdict, 'hunter2'))
})

test('own names are added by their words and allowed names win', (t) => {
  const own = createKeyRules({ extra: ['internalRef'], allow: ['session_id'] })
  t.is(own('my_internal_ref')?.rule, 'key:own')
  t.is(own('INTERNAL-REF')?.rule, 'key:own')
  t.is(own('sessionId'), undefined)
  t.truthy(own('password'))
})

test('an own name is found in texts too', (t) => {
  const redaction = createRedaction({ keys: ['qwzxRef'] })
  t.is(redaction.text('my_qwzx_ref=abc ok'), 'my_qwzx_ref=[Redacted] ok')
  t.is(redaction.text('{"qwzxRef":"abc"}'), '{"qwzxRef":"[Redacted]"}')
})

test('the built-in names can be off, and single rules too', (t) => {
  t.is(createKeyRules({}, false)('password'), undefined)
  const without = createKeyRules({}, true, (rule) => rule !== 'key:session')
  t.is(without('sessionId'), undefined)
  t.truthy(without('password'))
})

test('verdicts stay right when more names come than are kept', (t) => {
  const rules = createKeyRules()
  for (let i = 0; i < 10_000; i++) rules(`name_${i.toString(36)}x`)
  t.truthy(rules('password'))
  for (let i = 0; i < 3_000; i++) rules(`other_${i.toString(36)}x`)
  t.truthy(rules('password'))
  t.truthy(rules(`${'x'.repeat(300)}_password`))
})
