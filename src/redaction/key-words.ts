/**
 * What the words of a key name say. Names are split by {@link wordsOf}; a verdict is taken from the last telling word and
 * from what stands behind it.
 *
 * Scopes: `branch` masks whatever stands under the key, `scalar` strings and numbers, `text` strings, `opaque` strings
 * that look like a token.
 */
export type KeyScope = 'branch' | 'scalar' | 'text' | 'opaque'

type Telling = readonly [rule: string, scope: KeyScope]

const list = (words: string): readonly string[] => words.split(/\s+/).filter(Boolean)

const groups: readonly (readonly [string, Telling])[] = [
  [
    `password passwords passwd passwds passwrd passwort passwörter passphrase passphrases passcode passcodes passkey pswd pass_wd
     psw pwd pwds passwordhash passworddigest passwordconfirm passwordconfirmation kennwort senha contrasena contraseña
     clave wachtwoord mdp motdepasse lozinka haslo hasło parola пароль 密码 密碼 口令 パスワード 암호 비밀번호
     unlockpattern pgpassword mysqlpwd htpasswd`,
    ['password', 'branch'],
  ],
  ['pass pw userpass', ['password', 'text']],
  ['secret secrets clientsecret appsecret sharedsecret geheimnis', ['secret', 'branch']],
  [
    `token authtoken accesstoken refreshtoken sessiontoken idtoken apitoken bearertoken csrftoken xsrftoken bottoken
     authenticitytoken jwt jwts jws jwe bearer accessjwt refreshjwt`,
    ['token', 'branch'],
  ],
  ['credential credentials creds cred usercredentials', ['credential', 'branch']],
  ['authorization authorisation proxyauthorization', ['authorization', 'branch']],
  ['cookie cookies setcookie', ['cookie', 'branch']],
  ['otp otps totp hotp motp onetimepassword onetimecode authcode', ['otp', 'scalar']],
  ['pin', ['pin', 'scalar']],
  [
    'cvv cvc cvn csc cardnumber creditcard creditcardnumber ccnumber ccnum cardno',
    ['card', 'scalar'],
  ],
  ['mnemonic mnemonics seedphrase recoveryphrase', ['mnemonic', 'branch']],
  [
    `apikey apikeys secretkey privatekey privkey accesskey authkey encryptionkey signingkey masterkey secretaccesskey
     sharedkey accountkey subscriptionkey appkey consumerkey licensekey storagekey keypassphrase wifikey psk presharedkey`,
    ['key', 'branch'],
  ],
  [
    'sid sids sessionid sessid sessionids phpsessid jsessionid aspsessionid cfid cftoken',
    ['session', 'scalar'],
  ],
  ['session sess', ['session', 'opaque']],
  ['auth oauth basicauth httpauth', ['authorization', 'opaque']],
  ['csrf xsrf sig assertion samlresponse samlrequest verifier', ['token', 'opaque']],
]

/** Words that make a name sensitive by themselves. */
export const tellingWords: ReadonlyMap<string, Telling> = new Map(
  groups.flatMap(([words, telling]) => list(words).map((word) => [word, telling] as const)),
)

const pairs: readonly (readonly [first: string, second: string, Telling])[] = [
  [
    `api private priv secret access auth authentication authorization encryption encrypt decryption decrypt signing sign signature
     master shared sas ssh gpg pgp rsa ec ed25519 dsa subscription root admin hmac jwt jwk symmetric wrapping kek dek webhook webhooks
     activation token password passwd security recovery backup unseal vapid tls ssl x509 wif rapidapi apikey preshared psk wpa`,
    'key keys',
    ['key', 'branch'],
  ],
  [
    `service account storage deploy license licence app application client consumer cookie session function functions host user
     server developer dev publishing publish integration ingest ingestion write read wallet ca bot data device transfer role
     stripe sendgrid twilio mailgun mailchimp mandrill postmark openai anthropic claude gemini datadog dd newrelic github gitlab
     aws gcp azure google maps mapbox algolia segment mixpanel amplitude rollbar pagerduty opsgenie cloudflare heroku fastly
     slack discord telegram shopify square paypal braintree plaid okta firebase fcm supabase huggingface cohere mistral
     groq replicate pinecone weather sentry vault consul grafana honeycomb linear notion figma airtable resend`,
    'key keys',
    ['key', 'opaque'],
  ],
  [
    `mfa otp totp verification verify auth authorization authentication security recovery backup reset sms oauth device access login fa
     tfa 2fa factor passwordless confirm confirmation pairing unlock challenge scratch pin tan`,
    'code codes',
    ['otp', 'scalar'],
  ],
  ['session sess', 'id ids identifier', ['session', 'scalar']],
  ['secret', 'id', ['secret', 'opaque']],
  ['community', 'string', ['password', 'branch']],
  [
    'access refresh api auth bearer session device push reset csrf oauth',
    'tokens',
    ['token', 'opaque'],
  ],
  ['card cc creditcard', 'number num no nr cvc code', ['card', 'scalar']],
  ['credit debit payment', 'card', ['card', 'text']],
  ['seed recovery pass backup secret wallet mnemonic', 'phrase words', ['mnemonic', 'branch']],
  ['wallet master hd bip', 'seed', ['mnemonic', 'branch']],
  ['code', 'verifier', ['token', 'branch']],
  ['saml', 'response assertion request', ['token', 'opaque']],
  ['client', 'assertion', ['token', 'branch']],
  [
    'hub gitlab slack stripe svix twilio shopify webhook request linear paypal square zoom line',
    'signature',
    ['token', 'opaque'],
  ],
  ['amz goog gcs', 'signature', ['token', 'branch']],
  ['amz', 'token', ['token', 'branch']],
  ['access shared', 'signature', ['token', 'branch']],
  ['de', 'passe', ['password', 'branch']],
  ['auth oauth', 'header headers', ['authorization', 'opaque']],
  ['magic login reset invite verification', 'link', ['token', 'opaque']],
]

/** Two neighbouring words that make a name sensitive together: `api key`, `session id`. */
export const tellingPairs: ReadonlyMap<string, Telling> = new Map(
  pairs.flatMap(([firsts, seconds, telling]) =>
    list(firsts).flatMap((first) =>
      list(seconds).map((second) => [`${first} ${second}`, telling] as const),
    ),
  ),
)

/** The same pairs written as one word: `sshkey`, `authcookie`. */
export const joinedPairs: ReadonlyMap<string, Telling> = new Map(
  [...tellingPairs].map(([pair, telling]) => [pair.replace(' ', ''), telling]),
)

/** What a key may be of without being a secret: `cache_key`, `partition_key`. */
export const benignKeys: ReadonlySet<string> = new Set(
  list(`cache primary partition foreign sort sorting public pub publishable object s3 row record idempotency idempotent dedup dedupe
    deduplication lookup unique hash shard group grouping column map tag message msg item entry config setting feature flag translation i18n
    locale lang label metric registry redis memcached bucket composite natural surrogate index search node resource job queue event
    tenant org project team topic routing route binding correlation trace span request response file folder path asset image blob
    state store property prop field attribute attr param parameter dict json xml yaml template rule range start end last first next prev
    previous min max hot cold arrow enter escape shift meta ctrl alt tab space up down left right keyboard shortcut menu answer
    major minor pivot score error issue jira ticket epic the a an this that each every by for of with no any same
    new old duplicate conflicting invalid missing unknown bad wrong required optional lock semaphore mutex rate limit
    limiter throttle throttling bundle stable sticky affinity consistent kafka sqs pubsub document doc collection table page cursor
    cell header nested outer inner parent child source target dest destination input output aggregate aggregation
    order customer product sku invoice vendor content version schema join sequence global local country region
    zone city color theme style css class component react list element vue pk fk`),
)

/** Ends of words that were written without a separator: `dbpassword`, `myapikey`. */
export const tellingEnds: readonly (readonly [end: string, Telling])[] = [
  ...list(
    'password passwd passphrase passcode dbpass userpass smtppass ftppass adminpass rootpass mailpass',
  ).map((end) => [end, ['password', 'branch']] as const),
  ...list('secret').map((end) => [end, ['secret', 'branch']] as const),
  ...list('token').map((end) => [end, ['token', 'branch']] as const),
  ...list('apikey secretkey privatekey accesskey authkey').map(
    (end) => [end, ['key', 'branch']] as const,
  ),
  ...list('sessionid sessid').map((end) => [end, ['session', 'scalar']] as const),
  ...list('credentials credential').map((end) => [end, ['credential', 'branch']] as const),
  ...list('cookie').map((end) => [end, ['cookie', 'branch']] as const),
  ...list('pwd').map((end) => [end, ['password', 'branch']] as const),
]

/** Behind a telling word these change nothing: `password_value`, `token_prod`. */
export const neutralTails: ReadonlySet<string> = new Set(
  list(`value values val data pem der hex b 64 base raw string str text plain plaintext clear cleartext encrypted enc
    old new current previous next confirm confirmation confirmed repeat again retype prod production dev development staging stage
    test live local main default backup primary secondary v header headers hash hashed digest salt env var variable input param
    parameter body payload content json bytes buffer base64 md sha bcrypt unencrypted decrypted temp temporary tmp
    key pair keypair private jwk seed override fallback literal`),
)

/** Behind a telling word these say that the value tells about the secret and is none: `token_count`, `password_reset_sent`. */
export const benignTails: ReadonlySet<string> = new Set(
  list(`count counts counter length len size type types kind name names id ids uid url urls uri uris endpoint host hosts path paths file
    files filename dir directory folder location at on by date time timestamp expires expiry expiration expired expire exp ttl age
    lifetime duration ms sec secs seconds second minute minutes hour hours day days max min maximum minimum limit limits limited quota
    budget usage used remaining left total num rate per enabled enable disabled disable required require requires valid invalid validity
    validation validated validator verified verification missing present exists existing sent reset changed change updated update
    created creation issued rotated rotation rotate revoked revocation strength policy policies rule rules score version versions
    status state states method methods mode provider providers issuer audience scope scopes format algorithm alg algo cipher hint
    hints prefix suffix label labels placeholder index position offset bucket buckets consent parser domain samesite secure httponly
    attempts attempt tries failures failure fails failed error errors message messages msg reason source origin store storage
    manager service services class function handler helper factory page form screen link button title description desc user username owner
    role roles group groups flow grant template config configuration settings options support supported column columns
    table field fields locked lock history requirements complexity available needed ready ok result results check checks checked active
    inactive ratio percent avg mean sum cost price symbol supply decimals address standard budget pool middleware
    guard strategy category event events action actions request requests response plugin module package library generator
    ring slot slots map mapping schema usages use uses in out per input_tokens banner notice preferences preference accepted
    jar warning count ttl interval frequency refresh refreshed renewal leeway window entropy bits curve fingerprint thumbprint
    identifier ref reference arn resource tag tags alias shown visible hidden masked present leak leaked breach breached`),
)

/** Words before a telling one that make the name a question or a limit: `has_password`, `max_token`. */
export const benignHeads: ReadonlySet<string> = new Set(
  list(`has is are was needs need requires require required allow allows allowed use uses using with without no max min num
    count total missing enable enabled disable disabled can should supports supported show hide forgot forget skip ignore
    public publishable`),
)
