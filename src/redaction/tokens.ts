import { alnumBits, bitsAt, charBits, wordBits } from './characters.js'

/**
 * Credentials that are known by their shape: a prefix, an alphabet, a least length. Data, so that a vendor is one line.
 *
 * Alphabets: `a` letters and digits, `w` also `_` and `-`, `d` also `.`, `b` base64 (`+ / =` too), `x` lower-case hex,
 * `U` upper-case letters and digits. `most` bounds kinds whose end matters.
 */
type Alphabet = 'a' | 'w' | 'd' | 'b' | 'x' | 'U'
type Shape = readonly [
  rule: string,
  prefixes: string,
  alphabet: Alphabet,
  least: number,
  most?: number,
]

const shapes: readonly Shape[] = [
  ['aws', 'AKIA ASIA ABIA ACCA', 'U', 16, 16],
  ['aws', 'IQoJb3JpZ2lu FwoGZXIvYXdz FQoGZXIvYXdz FwoDYXdz', 'b', 40],
  ['aws', 'bedrock-api-key- ABSKQmVkcm9ja', 'b', 20],
  ['google', 'AIza', 'w', 30],
  ['google', 'GOCSPX-', 'w', 20],
  ['github', 'ghp_ gho_ ghu_ ghs_ ghr_', 'a', 30],
  ['github', 'github_pat_', 'w', 30],
  [
    'gitlab',
    'glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- gloas- glsoat- glffct- glwt- GR1348941',
    'd',
    18,
  ],
  ['slack', 'xoxb- xoxp- xoxa- xoxr- xoxs- xoxo- xoxc- xoxd- xoxe- xapp- xwfp-', 'w', 20],
  ['stripe', 'sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ rk_prod_', 'a', 10],
  ['stripe', 'whsec_', 'b', 20],
  ['npm', 'npm_', 'a', 30],
  ['pypi', 'pypi-AgE', 'w', 40],
  ['rubygems', 'rubygems_', 'x', 40],
  ['openai', 'sk-proj- sk-svcacct- sk-admin- sk-None- sk-service-', 'w', 20],
  ['anthropic', 'sk-ant-', 'w', 20],
  [
    'ai',
    'sk-or-v1- sk-or- gsk_ pplx- xai- r8_ pcsk_ tvly- jina_ fw_ fc- hf_ api_org_ nvapi- csk- AQ.Ab',
    'w',
    28,
  ],
  ['ai', 'lsv2_pt_ lsv2_sk_ sk-lf- sk-helicone- phx_', 'w', 24],
  ['twilio', 'SK', 'x', 32, 32],
  ['mailgun', 'key- pubkey-', 'x', 32, 32],
  ['brevo', 'xkeysib- xsmtpsib-', 'w', 40],
  ['resend', 're_', 'w', 24],
  ['digitalocean', 'dop_v1_ doo_v1_ dor_v1_', 'x', 40],
  ['shopify', 'shpat_ shpca_ shppa_ shpss_ shpua_ shptka_ shpsa_', 'a', 28],
  ['vault', 'hvs. hvb. hvr.', 'w', 24],
  ['square', 'EAAAE EAAAl EAAA', 'w', 50],
  ['square', 'sq0atp- sq0csp- sandbox-sq0', 'w', 20],
  ['meta', 'EAACEdEose0cBA EAAC EAAB EAAG EAAD EAAJ EAAO', 'a', 60],
  ['atlassian', 'ATATT3 ATBB ATCTT3 ATSTT3', 'b', 20],
  ['newrelic', 'NRAK- NRII- NRIQ- NRRA- NRJS- NRSP- NRBR- NRAA-', 'w', 16],
  ['grafana', 'glsa_ glc_', 'b', 28],
  ['postman', 'PMAK-', 'w', 40],
  ['sentry', 'sntryu_ sntrys_ sntrya_ sntryi_', 'b', 30],
  ['pulumi', 'pul-', 'x', 32],
  ['terraform', 'atlasv1.', 'w', 50],
  ['databricks', 'dapi dose dkea dosa', 'x', 32],
  ['linear', 'lin_api_ lin_oauth_', 'a', 30],
  ['notion', 'ntn_ secret_', 'a', 32],
  ['figma', 'figd_ figo_ figu_', 'w', 30],
  ['planetscale', 'pscale_tkn_ pscale_pw_ pscale_oauth_', 'd', 24],
  ['netlify', 'nfp_ nfc_ nfo_ nfu_ nfb_', 'a', 28],
  ['vercel', 'vcp_ vci_ vca_ vcr_ vck_ vercel_blob_rw_', 'w', 20],
  ['supabase', 'sbp_ sb_secret_ sbp_oauth_', 'w', 28],
  ['docker', 'dckr_pat_ dckr_oat_', 'w', 20],
  ['heroku', 'HRKU-', 'w', 30],
  ['fly', 'fo1_ fm1_ fm1a_ fm1r_ fm2_', 'b', 30],
  ['render', 'rnd_ rndr_', 'a', 24],
  ['railway', 'rw_Fe26.2', 'd', 24],
  ['tailscale', 'tskey-auth- tskey-api- tskey-client- tskey-scim- tskey-webhook- tskey-', 'w', 18],
  ['cloudflare', 'cfut_ cfat_ cfk_', 'w', 30],
  ['hubspot', 'pat-na1- pat-eu1- pat-na2- pat-na3- pat-ap1-', 'w', 30],
  [
    'plaid',
    'access-sandbox- access-development- access-production- link-sandbox- public-sandbox-',
    'w',
    30,
  ],
  ['buildkite', 'bkua_ bkct_ bkaj_', 'a', 30],
  ['circleci', 'CCIPAT_ CCIPRJ_', 'w', 30],
  ['sonar', 'squ_ sqp_ sqa_', 'x', 40],
  ['sourcegraph', 'sgp_ slk_ sgd_ sgs_', 'w', 32],
  ['typeform', 'tfp_', 'd', 40],
  ['adafruit', 'aio_', 'a', 26],
  ['contentful', 'CFPAT-', 'w', 40],
  ['age', 'AGE-SECRET-KEY-1', 'U', 50],
  ['alibaba', 'LTAI', 'a', 16, 26],
  ['tencent', 'AKID', 'a', 30, 34],
  ['jfrog', 'AKCp cmVmdGtuO', 'a', 50],
  ['nuget', 'oy2', 'a', 43, 43],
  ['clojars', 'CLOJARS_', 'a', 40],
  ['crates', 'cio', 'a', 32, 32],
  ['easypost', 'EZAK EZTK', 'a', 40],
  ['flutterwave', 'FLWSECK_TEST- FLWSECK- FLWSECK_TEST', 'w', 12],
  ['duffel', 'duffel_live_ duffel_test_', 'w', 30],
  ['shippo', 'shippo_live_ shippo_test_', 'x', 30],
  ['octopus', 'API-', 'U', 25, 36],
  ['readme', 'rdme_', 'a', 40],
  ['prefect', 'pnu_ pnb_', 'a', 30],
  ['infracost', 'ico-', 'a', 30],
  ['doppler', 'dp.pt. dp.st. dp.ct. dp.scim. dp.audit. dp.said.', 'd', 30],
  ['dynatrace', 'dt0c01. dt0s01. dt0s02. dt0s16.', 'd', 40],
  ['dropbox', 'sl.', 'w', 60],
  ['sendgrid', 'SG.', 'd', 40],
  ['google', 'ya29.', 'd', 20],
  ['mapbox', 'sk.eyJ tk.eyJ', 'd', 30],
  ['slack', 'xoxe.xoxp- xoxe.xoxb-', 'w', 30],
  ['discord', 'mfa.', 'w', 40],
  ['onepassword', 'ops_eyJ', 'b', 40],
  ['yandex', 't1. y0__ y0_ AQVN', 'd', 35],
  ['apify', 'apify_api_', 'a', 24],
  ['openshift', 'sha256~', 'w', 40, 44],
  ['intra', 'FlyV1 fm2_', 'b', 40],
  ['rapid', 'hapi_ hapikey_', 'w', 24],
  ['razorpay', 'rzp_live_ rzp_test_', 'a', 14],
  ['segment', 'sgp_ dst_', 'a', 40],
  ['zuplo', 'zpka_', 'w', 24],
  ['snyk', 'snyk_uat. snyk_sat.', 'd', 30],
  ['unkey', 'unkey_', 'a', 16],
  ['neon', 'napi_ npg_', 'a', 12],
  ['temporal', 'tsk_ tmprl_', 'w', 24],
  ['mongodb', 'mdb_sa_sk_', 'w', 24],
  ['docker', 'eyJhdXRocyI6', 'b', 8],
  ['postman', 'PMAT-', 'U', 20],
  [
    'paseto',
    'v1.local. v2.local. v3.local. v4.local. v1.public. v2.public. v3.public. v4.public.',
    'd',
    40,
  ],
  ['macaroon', 'MDAxN MDAyN MDAxO MDAyM MDAxY', 'b', 60],
  ['twitter', 'AAAAAAAAAAAAAAAAAAAA', 'b', 40],
  ['firebase', 'APA91b', 'w', 100],
  ['google', '1//0', 'w', 40],
  ['google', '4/0A', 'w', 40],
  ['twitch', 'oauth:', 'a', 30],
  ['intercom', 'dG9rOj dG9rOg', 'b', 20],
  ['wandb', 'wandb_v1_', 'w', 30],
  ['elevenlabs', 'sk_', 'x', 40, 64],
  ['mercury', 'secret-token:', 'w', 16],
  ['cursor', 'crsr_', 'w', 40],
  ['meta', 'EAA IGQ', 'w', 80],
  ['intercom', 'dG9rO', 'b', 40],
  [
    'adyen',
    'AQEf AQEh AQEi AQEk AQEl AQEm AQEn AQEp AQEq AQEr AQEs AQEt AQEu AQEv AQEw AQEx AQEy AQEz AQED',
    'b',
    56,
  ],
  ['frameio', 'fio-u-', 'w', 50],
  ['wallet', 'xprv yprv zprv tprv uprv vprv', 'a', 100, 120],
]

interface Row {
  readonly rule: string
  readonly prefix: string
  readonly alphabet: Alphabet
  readonly least: number
  readonly most: number
}

/** Rows by the first two characters of their prefix. */
const rows = new Map<number, Row[]>()
/** Rows whose prefix has a mark in it that ends a run of word characters, and where in the prefix the next run begins. */
const markedRows: (readonly [row: Row, rest: number])[] = []

for (const [rule, prefixes, alphabet, least, most] of shapes) {
  for (const prefix of prefixes.split(' ')) {
    const row: Row = { rule: `token:${rule}`, prefix, alphabet, least, most: most ?? longestBody() }
    const rest = restOf(prefix)
    if (rest > 0) markedRows.push([row, rest])
    const id = pairId(prefix, 0)
    const known = rows.get(id)
    if (known === undefined) rows.set(id, [row])
    else known.push(row)
  }
}

/** The place behind the last mark of a prefix; 0 when it is one run of word characters. */
function restOf(prefix: string): number {
  let i = prefix.length
  while (i > 0 && (bitsAt(prefix, i - 1) & wordBits) !== 0) i--
  return i
}

function longestBody(): number {
  return 8_192
}

function pairId(text: string, at: number): number {
  return (text.charCodeAt(at) << 8) | text.charCodeAt(at + 1)
}

/** A token found in a text. */
export interface FoundToken {
  readonly start: number
  readonly end: number
  readonly rule: string
}

/**
 * A token of a known shape that begins in, or around, this run of word characters.
 *
 * Prefixes are looked for at the run's beginning and behind each `_` and `-` in it (the first 64 places).
 */
export function tokenIn(text: string, start: number, end: number): FoundToken | undefined {
  let places = 0
  for (let at = start; at < end - 3; at++) {
    if (at > start && (bitsAt(text, at - 1) & alnumBits) !== 0) continue
    if (++places > mostPlaces) break
    const found = tokenAt(text, at)
    if (found !== undefined) return found
  }
  const before = text.charCodeAt(start - 1)
  if (before === 46 || before === 47 || before === 58 || before === 126) {
    for (const [row, rest] of markedRows) {
      const at = start - rest
      if (text.charCodeAt(at) !== row.prefix.charCodeAt(0) || !text.startsWith(row.prefix, at))
        continue
      if ((bitsAt(text, at - 1) & alnumBits) !== 0 && before !== 46) continue
      const found = bodyOf(text, at, row)
      if (found !== undefined) return found
    }
  }
  if (before === 43 || before === 47) {
    const found = tokenAt(text, base64Start(text, start), 'b')
    if (found !== undefined && found.end >= end) return found
  }
  return undefined
}

/** Where the base64 begins that a run of word characters is a later part of; 48 characters back at most. */
function base64Start(text: string, start: number): number {
  let at = start
  while (at > 0 && start - at < 48) {
    const c = text.charCodeAt(at - 1)
    if ((bitsAt(text, at - 1) & alnumBits) === 0 && c !== 43 && c !== 47) break
    at--
  }
  return at
}

const mostPlaces = 64

function tokenAt(text: string, at: number, alphabet?: Alphabet): FoundToken | undefined {
  const candidates = rows.get(pairId(text, at))
  if (candidates === undefined) return undefined
  for (const row of candidates) {
    if (alphabet !== undefined && row.alphabet !== alphabet) continue
    if (text.startsWith(row.prefix, at)) {
      const found = bodyOf(text, at, row)
      if (found !== undefined) return found
    }
  }
  return undefined
}

/** The token if what follows the prefix is long enough, has a digit (or upper case and lower case) and ends at a boundary. */
function bodyOf(text: string, at: number, row: Row): FoundToken | undefined {
  const from = at + row.prefix.length
  const most = Math.min(text.length, from + longestBody())
  let seen = 0
  let end = from
  while (end < most) {
    const c = text.charCodeAt(end)
    const bits = bitsAt(text, end)
    if (!inAlphabet(row.alphabet, bits, c)) break
    seen |= bits
    end++
  }
  while (end > from && text.charCodeAt(end - 1) === 46) end--
  const length = end - from
  if (length < row.least || length > row.most) return undefined
  if (end < most && (bitsAt(text, end) & alnumBits) !== 0 && row.alphabet !== 'U') return undefined
  if (end < most && row.alphabet === 'U' && (bitsAt(text, end) & wordBits) !== 0) return undefined
  const mixed =
    (seen & charBits.digit) !== 0 ||
    ((seen & charBits.upper) !== 0 && (seen & (charBits.lower | charBits.hexLetter)) !== 0)
  return mixed || row.alphabet === 'U' ? { start: at, end, rule: row.rule } : undefined
}

function inAlphabet(alphabet: Alphabet, bits: number, c: number): boolean {
  switch (alphabet) {
    case 'a':
      return (bits & alnumBits) !== 0
    case 'x':
      return (bits & (charBits.digit | charBits.hexLetter)) !== 0
    case 'U':
      return (bits & (charBits.digit | charBits.upper)) !== 0
    case 'w':
      return (bits & wordBits) !== 0
    case 'd':
      return (bits & wordBits) !== 0 || c === 46
    default:
      return (bits & wordBits) !== 0 || c === 43 || c === 47 || c === 61 || c === 46
  }
}
