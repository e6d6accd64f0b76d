import test from 'ava'
import { wordsOf } from '../../src/redaction/words.js'

for (const [name, words] of [
  ['githubPrivateKey', ['github', 'private', 'key']],
  ['GITHUB_PRIVATE_KEY', ['github', 'private', 'key']],
  ['x-api-key', ['x', 'api', 'key']],
  ['APIKey', ['api', 'key']],
  ['http.request.header.x_auth', ['http', 'request', 'header', 'x', 'auth']],
  ['password2', ['password']],
  ['oauth2Token', ['oauth', 'token']],
  ['user[password]', ['user', 'password']],
  ['пароль', ['пароль']],
  ['', []],
  ['42', []],
] as const) {
  test(`the words of ${JSON.stringify(name)}`, (t) => {
    t.deepEqual(wordsOf(name), [...words])
  })
}

test('of a long name the end is read', (t) => {
  t.deepEqual(wordsOf(`${'x'.repeat(10_000)}_password`).at(-1), 'password')
})
