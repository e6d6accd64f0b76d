import test from 'ava'
import { createRedactor } from '../../src/redaction/redactor.js'

const redactor = createRedactor()

/** Lines of services, security tools, clusters, version control, builds, databases and HTTP that hold no secret. */
const lines = `
SyntaxError: Unexpected token '<', "<!DOCTYPE "... is not valid JSON
SyntaxError: Unexpected token 'export'
expected token ';' but got 'x'
Unexpected token } in JSON at position 41
Parse error near token 'SELECT' at line 3
lexer token: STRING
parser: token=IDENT value=count line=3
scanner: token=LEFT_PAREN column=8
next token: EOF
trufflehog: verified_secrets=0 unverified_secrets=3
gitleaks finished: secrets=0 commits=230
detect-secrets: secrets: 12 in 4 files
found 3 secrets in 120 files, 2 of them verified
finding: hardcoded secret in src/config.ts:12 (rule generic-api-key)
semgrep: rule javascript.jsonwebtoken.security.jwt-hardcode, severity high
detected secret type: github_pat
trivy: 0 secrets, 4 misconfigurations
osv-scanner: GHSA-jfh8-c2jp-5v3q in lodash 4.17.20
CVE-2024-3094 in xz-utils 5.6.0, severity critical
nmap: 22/tcp open ssh OpenSSH 9.6
zap: passive scan queue empty, cookies: 4
nuclei: [exposed-tokens] [http] [info] https://app.example.com/
burp: 12 tokens analysed, effective entropy 118 bits
hydra: 0 valid passwords found
policy engine: rule deny-token-without-audience matched 3 times
waf: blocked request id=8812 rule=942100 score=15
fail2ban: Ban 203.0.113.5 after 5 failures
token_type=Bearer expires_in=3600
token_type=bearer scope=openid
grant_type=authorization_code response_type=code
authorization=required
authorization=denied reason=policy
credentials=include mode=cors
credentials: same-origin
cookies=disabled
auth=none
auth: basic
authentication: required
Bearer token missing
WWW-Authenticate: Bearer realm="api", error="invalid_token"
WWW-Authenticate: Basic realm="Restricted"
Authorization header missing
Token validation failed: signature mismatch
token expired at 2026-11-20T21:00:00Z, refreshing
token=expired user=7
token=valid ttl=300
secret=missing name=db
session=active
sid=12
sid=104 serial=7 status=ACTIVE
session_id missing
csrf token mismatch
OTP verified for user 3
MFA code sent to user 3
otp app started (Erlang/OTP 26)
Your order is 485696
The build is 104423
pid is 48569
take 485696 as your starting point
pin: 12 to core 3
user 42 changed password successfully
password reset email queued for user 17
password policy: min length 12, requires digit
password strength: weak
Failed password for invalid user oracle from 203.0.113.5 port 51234 ssh2
Access denied for user 'app'@'10.0.0.5' (using password: YES)
FATAL: password authentication failed for user "app"
passwordAuthentication no
PermitRootLogin without-password
sudo: pam_unix(sudo:auth): authentication failure; logname=a uid=1000
pwd=/home/alice/project
pwd: /srv/app/current
PWD=/srv/app
OLDPWD=/tmp
cwd: /srv/app
pass: 98%
pass=12 fail=0 skip=1
pass: 11/12 suites
passed: 12 failed: 0
accesskey=s
imagePullSecrets: [regcred]
imagePullSecrets: [regcred, ghcr-pull]
serviceAccountToken: expirationSeconds: 3600
automountServiceAccountToken: false
secretRef: {name: db-creds}
kubectl get secret db-creds -n prod -o yaml
secret/db-creds created
secret 'db-creds' not found in namespace prod
Secret "db-creds" not found in namespace "prod"
pod/api-7d9c6f5b8-x2x4z Back-off restarting failed container
Pulling image registry.example.io/app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
configmap "app-config" unchanged
helm: release api upgraded to revision 14
event: MountVolume.SetUp failed for volume "kube-api-access-x2x4z"
cert-manager: certificate api-tls renewed, secretName api-tls
vault: lease renewed for auth/kubernetes/login
vault read secret/data/prod/db
arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf
arn:aws:iam::123456789012:role/deploy
projects/p/secrets/db/versions/3
commit 9fceb02d0ae598e95dc970b74767f19372d61af8 by alice
Merge branch 'feature/token-cache' into main
index 83db48f..bf2a9c1 100644
remote: Resolving deltas: 100% (12/12), completed with 4 local objects.
git@github.com:org/repo.git
Run actions/checkout@b4ffde65f46336ab88eb53be808477a3936bae11
uses: aws-actions/configure-aws-credentials@v4
using GITHUB_TOKEN from environment
GITHUB_TOKEN permissions: contents: read
ci: token permissions contents=read packages=write
npm_config_registry=https://registry.npmjs.org/
coverage: 98% of statements, 412/420 lines
step 3/12: COPY package.json ./
cache key: linux-node20-9f86d081 hit
SELECT id, password FROM users WHERE id = $1
SELECT * FROM users WHERE password_hash IS NOT NULL AND token_count > 5
UPDATE sessions SET token = ? WHERE id = ?
INSERT INTO tokens (id, token) VALUES ($1, $2)
ALTER TABLE users ADD COLUMN password varchar(255) NOT NULL
CREATE INDEX idx_token ON sessions (token)
duplicate key value violates unique constraint "users_email_key"
primary key violation: Key (id)=(42) already exists.
slow query 812 ms rows=3 tables=users,tokens
postgres://db:5432/app?sslmode=require
redis://cache:6379/0
mongodb://mongo1:27017,mongo2:27017/db?replicaSet=rs0
jdbc:postgresql://db/app?ssl=true
GET /api/v1/users/42?page=2&sort=created_at 200 12ms
GET /search?q=blue%20shoes%20size%2042&page=2 200
GET /search?q=what%20is%20a%20token%3F 200
GET /docs?q=reset%20password%3A%20how%20to 200
GET /login?next=https%3A%2F%2Fapp.example.com%2Fhome%3Ftab%3D2 302
GET /files?path=%2Fhome%2Falice%2Freport.pdf 200
GET /report?from=2026-11-20T21%3A00%3A00Z&to=2026-11-21T21%3A00%3A00Z 200
GET /avatar?email=alice%40example.com 404
GET /filter?expr=age%3E30%26country%3DDE 200
POST /reset-password 204
GET /reset-password/request 200
GET /verify/email 200
GET /invite/accept?lang=en 200
GET /verify/status/summary-of-the-current-month 200
POST /oauth/token 400 invalid_grant
traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
x-request-id: 7c9e6679-7425-40de-944b-e07fc1f90ae7
idempotency-key: 7c9e6679-7425-40de-944b-e07fc1f90ae7
etag "33a64df551425fcc55e4d42a148795d9f25f89d4"
sha256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
integrity sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==
signature: verified
Signature: mismatch for webhook evt_1NG8Du2eZvKYlo2CUI79vXWy
ApiKey authentication failed
ApiKey required for this route
key fingerprint SHA256:uNiVztksCsDhcc0u9e8BgrJXVGLcXJKpKPRFpWg4B4U
kid=9aa39f alg=ES256
code_challenge_method=S256
rate limit: 10 tokens left
token bucket refilled: 10/s
prompt_tokens=1200 completion_tokens=300 total_tokens=1500
max_tokens=4096 temperature=0.7
toolu_01A09q90qw90lq917835lq9 finished
chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT
partition key: tenant#42
routing_key=orders.created
epoch 1763672400000
tracking 1Z999AA10123456784
version v1.0.0-20260101120000-9fceb02d0ae5
width=50%25 height=20
progress=100% eta=0s
{"usage":{"prompt_tokens":12,"completion_tokens":3},"stop_reason":"end_turn"}
{"token":{"type":"bearer","expires":3600}}
{"secret":{"name":"db-creds","version":3}}
{\\"credentials\\":{\\"provider\\":\\"env\\"}}
{"secrets":3,"cookies":12}
`
  .trim()
  .split('\n')

for (const line of lines) {
  test(`an everyday line stays: ${line}`, (t) => {
    t.is(redactor.text(line), line)
  })
}

const records: readonly object[] = [
  { token: { type: 'bearer', expires: 3 } },
  { secret: { name: 'db-creds', version: 3 } },
  { credentials: { provider: 'env' } },
  { cookies: { count: 3 } },
  { serviceAccountToken: { expirationSeconds: 3600, path: 'token', audience: 'vault' } },
  { imagePullSecrets: [{ name: 'regcred' }] },
  { password: { type: 'string', required: true, min: 12 } },
  { session: { id: 3, duration: 30 } },
  { credentials: 'include' },
  { authorization: 'required' },
  { pwd: '/home/alice' },
  { secrets: 3, tokens: 1500, cookies: 2 },
  { sid: 12 },
  { accessKey: 's' },
  { pass: '98%' },
  { token: 'IDENTIFIER' },
]

for (const record of records) {
  test(`an everyday record stays: ${JSON.stringify(record)}`, (t) => {
    t.deepEqual(redactor.value(record), record)
  })
}

const telling: readonly object[] = [
  { token: { type: 'bearer', value: 'x' } },
  { secret: { name: 'aB3dE5fG7hJ9kL2m' } },
  { credentials: { user: 'bob', password: 'x' } },
  { password: { hint: { text: 'x' } } },
  { token: {} },
  { pwd: '/x9fKq2' },
  { accessKey: 'sk' },
  { secrets: 'hunter2' },
  { sid: 93_481_207 },
]

for (const record of telling) {
  test(`a record that holds a secret does not: ${JSON.stringify(record)}`, (t) => {
    const [name] = Object.keys(record)
    t.deepEqual(redactor.value(record), { [name as string]: '[Redacted]' })
  })
}

test('whether an object describes is told without a getter being read or a trap being called', (t) => {
  let reads = 0
  const getter = {
    get type() {
      reads++
      return 'x'
    },
  }
  const proxy = new Proxy(
    { type: 'x' },
    {
      ownKeys() {
        reads++
        return ['type']
      },
    },
  )
  t.deepEqual(redactor.value({ a: { token: getter }, b: { token: proxy } }), {
    a: { token: '[Redacted]' },
    b: { token: '[Redacted]' },
  })
  t.is(reads, 0)
})
