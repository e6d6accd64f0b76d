import { Buffer } from 'node:buffer'
import test, { type ExecutionContext } from 'ava'
import { createRedaction } from '../../src/redaction/engine.js'

const redaction = createRedaction()

/** The text as given and as it is written; `⟦x⟧` marks a secret, which becomes `[Redacted]`. */
function masks(t: ExecutionContext, marked: string): void {
  const given = marked.replaceAll('⟦', '').replaceAll('⟧', '')
  t.is(redaction.text(given), marked.replace(/⟦[^⟧]*⟧/g, '[Redacted]'))
}

const a = (length: number): string => 'Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4z'.repeat(12).slice(0, length)
const hex = (length: number): string => '3f9c0b7e5d21a864'.repeat(20).slice(0, length)
const upper = (length: number): string =>
  'Q7WERT2YUIOP5ASDFGH3JKLZXCVB6NM'.repeat(4).slice(0, length)
const uuid = `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`

const tokens: Readonly<Record<string, string>> = {
  'a JSON Web Token': `eyJhbGciOiJIUzI1NiJ9.${a(40)}.${a(43)}`,
  'an unsigned JSON Web Token': `eyJhbGciOiJub25lIn0.${a(40)}.`.slice(0, -1),
  'an encrypted token': `eyJhbGciOiJSU0EifQ.${a(40)}.${a(16)}.${a(50)}.${a(22)}`,
  AWS: `AKIA${upper(16)}`,
  'AWS session': `IQoJb3JpZ2luX2Vj${a(80)}/+==`,
  GitHub: `ghp_${a(36)}`,
  'GitHub, fine-grained': `github_pat_${a(22)}_${a(59)}`,
  GitLab: `glpat-${a(20)}`,
  Slack: `xoxb-845001814045-1169753937491-${a(24)}`,
  'Slack app': `xapp-1-A${upper(10)}-8214663907521-${hex(64)}`,
  Stripe: `sk_live_${a(24)}`,
  'Stripe webhook': `whsec_${a(32)}`,
  Google: `AIza${a(35)}`,
  'Google OAuth': `ya29.${a(60)}`,
  'Google refresh': `1//0${a(60)}`,
  npm: `npm_${a(36)}`,
  PyPI: `pypi-AgEIcHlwaS5vcmc${a(60)}`,
  OpenAI: `sk-proj-${a(60)}_${a(20)}`,
  'OpenAI, old': `sk-${a(20)}T3BlbkFJ${a(20)}`,
  Anthropic: `sk-ant-api03-${a(90)}AA`,
  'Hugging Face': `hf_${a(34)}`,
  SendGrid: `SG.${a(22)}.${a(43)}`,
  Twilio: `SK${hex(32)}`,
  Mailgun: `key-${hex(32)}`,
  Mailchimp: `${hex(32)}-us15`,
  DigitalOcean: `dop_v1_${hex(64)}`,
  Shopify: `shpat_${hex(32)}`,
  Vault: `hvs.${a(90)}`,
  Telegram: `5693592141:AA${a(33)}`,
  Discord: `MT${a(24)}.${a(6)}.${a(38)}`,
  Azure: `7Do8Q~${a(34)}`,
  Databricks: `dapi${hex(32)}`,
  Doppler: `dp.pt.${a(43)}`,
  Airtable: `pat${a(14)}.${hex(64)}`,
  HubSpot: `pat-na1-${uuid}`,
  Asana: `1203456789012345:${hex(32)}`,
  'a Facebook app token': `123456789012345|${a(27)}`,
  OpenShift: `sha256~${a(43)}`,
  'Doppler service': `dp.st.prd.${a(43)}`,
  'Meta user': `EAA${a(100)}`,
  Instagram: `IGQ${a(120)}`,
  'Azure DevOps': `${a(76)}AZDO${a(4)}`,
  Snyk: `snyk_uat.${hex(8)}.${a(80)}`,
  Harness: `pat.${a(22)}.${hex(24)}.${a(20)}`,
  Intercom: `dG9rO${a(50)}=`,
  'Intercom with marks': `dG9rOTw+i61C/${a(44)}=`,
  Adyen: `AQEyhmfx${a(20)}/${a(40)}`,
  'Frame.io': `fio-u-${a(64)}`,
  'an extended private key': `xprv9s21ZrQH143K${a(95)}`,
  'a wallet key': `5J${a(60)
    .replace(/[0OIl]/g, 'x')
    .slice(0, 49)}`,
  'a compressed wallet key': `L${a(60)
    .replace(/[0OIl]/g, 'x')
    .slice(0, 51)}`,
  'Cloudflare origin': `v1.0-${hex(24)}-${hex(146)}`,
  'a GitHub installation': `v1.${hex(40)}`,
  'an unknown vendor': `acme_sk_${a(32)}`,
  'an unknown vendor with a long token': `zorg_${a(40)}`,
  'an SDK key': `sdk-${uuid}`,
  'a bcrypt hash': `$2b$12$${a(53)}`,
  'an argon2 hash': `$argon2id$v=19$m=65536,t=3,p=4$${a(22)}$${a(43)}`,
  'a base64 PEM': Buffer.from(`-----BEGIN RSA PRIVATE KEY-----\n${a(64)}`).toString('base64'),
}

for (const [name, token] of Object.entries(tokens)) {
  test(`a token is masked wherever it stands: ${name}`, (t) => {
    masks(t, `⟦${token}⟧`)
    masks(t, `upstream call with ⟦${token}⟧ failed`)
    masks(t, `{"ok":false,"echo":"⟦${token}⟧"}`)
    masks(t, `line one\nline two ⟦${token}⟧\nline three`)
    masks(t, `(⟦${token}⟧), then ⟦${token}⟧`)
  })
}

const enc = (text: string): string => encodeURIComponent(text)

const marked = [
  `GET /p?q=⟦${enc('postgres://app:s3cr3t-pw@db/main')}⟧&z=1`,
  `GET /p?q=⟦${enc('{"password":"hunter2"}')}⟧ 200`,
  `GET /p?q=⟦${enc("ALTER USER app WITH PASSWORD 'Hq7zz'")}⟧&z=1`,
  '/login?next=⟦https%3A%2F%2Fx%2F%3Ftoken%3Dabc⟧&lang=en',
  '/login?next=⟦https%3a%2f%2fx%2f%3ftoken%3dabc⟧',
  `/a?next=⟦${enc(`/b?next=${enc('/c?token=abc')}`)}⟧`,
  `see (/a?next=⟦${enc('/c?token=abc')}⟧).`,
  `q=⟦${enc(`5693592141:AA${a(33)}`)}⟧`,
  `q=⟦caf%E9%3Fpassword%3Dhunter2⟧`,
  `sent ApiKey ⟦${a(40)}==⟧`,
  `X-Hub-Signature-256: ⟦sha256=${hex(64)}⟧`,
  `Stripe-Signature: ⟦t=1492774577,v1=${hex(64)}⟧`,
  'Your OTP is ⟦485696⟧',
  'Your verification code is ⟦485696⟧.',
  'the login code for bob is ⟦4856⟧, valid 5 minutes',
  '⟦485696⟧ is your Acme verification code',
  'verification code: ⟦485696⟧',
  `paid with access_token$⟦production$${hex(16)}$${hex(32)}⟧`,
  `POST /reset-password/⟦${hex(40)}⟧ 200`,
  `https://x.example/verify/⟦${a(32)}⟧?lang=en`,
  `/account/email/verify/⟦${a(24)}⟧`,
  `/invite/⟦${uuid}⟧`,
  `/magic-link?t=⟦${a(43)}⟧`,
  'Authorization: Bearer ⟦abcDEF123-._~+/==⟧',
  'authorization: Basic ⟦Ym9iOmh1bnRlcjI=⟧',
  'Authorization: Token ⟦7c705e1f2936e8e746349828dc5c657e⟧',
  'got Bearer ⟦abc123def456⟧ from peer',
  'got "basic ⟦Ym9iOmh1bnRlcjI=⟧"',
  `Digest username="u", realm="r", response="⟦${hex(32)}⟧"`,
  'Cookie: ⟦sid=abc; theme=dark⟧',
  'POST / HTTP/1.1\nHost: h\nCookie: ⟦sid=abc⟧\nAccept: x',
  'Set-Cookie: ⟦a=b; Path=/⟧',
  'X-Api-Key: ⟦abc123⟧',
  'postgres://app:⟦p@ss:w0rd!⟧@db:5432/main',
  'redis://:⟦hunter2⟧@cache:6379/0',
  `https://⟦${hex(32)}⟧@o1.ingest.example.io/2`,
  'mysql://app:⟦pa/ss?word#1⟧@db/main',
  'app:⟦s3cret⟧@tcp(db:3306)/main',
  'jdbc:oracle:thin:app/⟦s3cret⟧@db:1521/X',
  '/cb?state=ok&token=⟦abc⟧&lang=en',
  '/cb?code=⟦4/0AX4XfWh1234⟧&scope=x',
  'https://x.example/#access_token=⟦abc⟧&token_type=bearer',
  `https://b.s3.example/k?X-Amz-Expires=900&X-Amz-Signature=⟦${hex(64)}⟧`,
  '/x?user%5Bpassword%5D=⟦hunter2⟧&y=1',
  'password=⟦hunter2⟧',
  'PASSWORD=⟦hunter2⟧ ok',
  'user=bob,password=⟦a,b;c⟧,db=x',
  'Server=db;User ID=app;Password=⟦x1⟧;Encrypt=True;',
  'User(name=bob, password=⟦abc⟧)',
  'PATH=/bin\nJWT_SECRET=⟦abc⟧\nHOME=/root',
  'db:\n  password: ⟦letmein⟧\n  port: 1',
  'db:\n  password: "⟦let me in⟧"\n',
  'password: |\n  ⟦letmein⟧\nport: 1',
  'password = "⟦x y⟧"',
  "{ user: 'bob', password: '⟦x⟧' }",
  "{'api_key' => '⟦x⟧'}",
  '{"password":"⟦x\\"y⟧","a":1}',
  '{"pin":⟦1234⟧,"a":1}',
  '{"credentials":⟦{"a":["b"]}⟧,"x":1}',
  '{\\"password\\":\\"⟦x⟧\\",\\"a\\":1}',
  '{\\\\\\"password\\\\\\":\\\\\\"⟦x⟧\\\\\\"}',
  '{"name":"DB_PASSWORD","value":"⟦x⟧"}',
  '["authorization","⟦abc123def⟧"]',
  "define('AUTH_KEY', '⟦abc123def⟧');",
  'Content-Disposition: form-data; name="password"\r\n\r\n⟦x1⟧\r\n--b--',
  '<input type="hidden" name="csrf_token" value="⟦abc123def456⟧">',
  '<add key="ApiKey" value="⟦x⟧"/>',
  '<password>⟦x⟧</password>',
  '<wsse:Password Type="PasswordText">⟦x⟧</wsse:Password>',
  '<key>password</key>\n<string>⟦x⟧</string>',
  "ALTER ROLE app WITH PASSWORD '⟦x⟧'",
  "CREATE USER bob IDENTIFIED BY '⟦x⟧'",
  "UPDATE users SET password = '⟦x⟧' WHERE id = 7",
  "INSERT INTO users (name, password, n) VALUES ('bob', '⟦x⟧', 3)",
  './run --api-key ⟦x1⟧ --verbose',
  './run --password=⟦x1⟧',
  "./run --password '⟦x y⟧' -v",
  'curl -u bob:⟦hunter2⟧ https://x',
  'sshpass -p ⟦hunter2⟧ ssh host',
  'mysql -uroot -p⟦hunter2⟧ main',
  'api key: ⟦abc123def⟧',
  'Access Token: ⟦abc123def⟧',
  'mnemonic: ⟦winter orange correct silver summer battery tiger violet rocket summer winter⟧',
  'the password for bob was set to ⟦ZHNYp2ONsuUf⟧',
  'the password is ⟦Xkm4TsN7b4!⟧',
  `login failed, password was "⟦Tr0ub4dor&3⟧"`,
  `https://hooks.slack.com/services/⟦T1RFDUIA2WL/BP376EPWHZZ/${a(24)}⟧`,
  `https://discord.com/api/webhooks/⟦887533574426923711/${a(68)}⟧`,
  '-----BEGIN RSA PRIVATE KEY-----⟦\nabc\n⟧-----END RSA PRIVATE KEY-----',
  '-----BEGIN PGP PRIVATE KEY BLOCK-----⟦\n\nabc\n⟧-----END PGP PRIVATE KEY BLOCK-----',
  '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----⟦\nabc⟧',
  '-----BEGIN PRIVATE KEY-----⟦\\nabc, cut⟧',
  'Private-Lines: 1\n⟦AAAAIExample⟧',
]

for (const text of marked) {
  test(`a secret is masked and what stands around it stays: ${JSON.stringify(text)}`, (t) => {
    masks(t, text)
  })
}

const ordinary = [
  'Invalid password for user bob',
  'password is required',
  'password: must contain a digit',
  'token=null',
  'token=$API_TOKEN',
  'password=',
  'password=***',
  '"password":"[REDACTED]"',
  'failed to parse token: unexpected end of input',
  'WWW-Authenticate: Bearer realm="api"',
  'missing bearer token',
  'Basic auth disabled',
  'Authorization failed for role admin',
  'cookie: disabled',
  'Tokens: 512 in, 128 out',
  'GET https://example.com/docs?page=2&sort=desc 200',
  'https://example.com/@user/profile',
  'ssh://git@github.com/org/repo.git',
  'postgres://app:***@db/main',
  'const token = await getToken(); if (!token) throw new Error("no token")',
  'password === other',
  'x.password != y',
  'SELECT id, password_hash IS NOT NULL FROM users WHERE email = $1',
  'UPDATE users SET password = ? WHERE id = 1',
  '/^(?:pass|token)=\\w+$/',
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf',
  '{"password":{"type":"string"}}',
  '["user","password","email"]',
  '<label for="password">Password</label>',
  'docker run -u 1000:1000 app',
  'node -p 3000',
  'evt_QBuyEGFeosm2WFkcRjL4Ucq1',
  'api-7d9c6b5f4-x2x7k',
  'sk-SK',
  'task-runner: sk-learn-pipeline ok',
  'ghp_not_a_token',
  'AKIA is the prefix of access keys',
  'eyJhbGciOiJIUzI1NiJ9',
  '-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----',
  '-----BEGIN CERTIFICATE-----\nabc',
  'sha512-WQKTkHDRfJHTRNkIeVdU4BbtK6KXmqTf9GUdjPoYN+l+X1wxG2uAzqCeXL2BtG9L6PX+dyIRLBx5VhAHqfQpa0==',
  'PWD=/app/src',
  'pin=13 mode=output',
  '{"token_type":"Bearer","expires_in":3600}',
  'storage_key=uploads/2026/abc123.png',
  'Token refreshed',
  'the password policy is defined in Sect4rules, see Sha256Sums',
  'the session is on Node20Alpine',
  '$5 and $10',
  '2 ~ 3 a~b',
  Buffer.from('-----BEGIN CERTIFICATE-----\nabcdefghijklmnopq').toString('base64'),
]

for (const text of ordinary) {
  test(`ordinary text stays: ${JSON.stringify(text)}`, (t) => {
    t.is(redaction.text(text), text)
  })
}

test('what is masked once stays as it is when it is masked again', (t) => {
  for (const text of marked) {
    const once = redaction.text(text.replaceAll('⟦', '').replaceAll('⟧', ''))
    t.is(redaction.text(once), once)
  }
})
