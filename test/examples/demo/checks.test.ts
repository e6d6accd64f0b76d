import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import test from 'ava'
import fc from 'fast-check'
import { checks, type Finding } from '../../../examples/demo/checks.js'
import { judgeIntegrity } from '../../../examples/demo/integrity.js'
import { parseLockfile } from '../../../examples/demo/lockfile.js'
import { decide } from '../../../examples/demo/policy.js'
import { judgeTransport } from '../../../examples/demo/transport.js'

function findingsOf(file: string): readonly Finding[] {
  const packages = parseLockfile(readFileSync(file, 'utf8'))
  return checks.flatMap((check) => check.run(packages).findings)
}

test('each flaw of a suspicious lock file is found, and nothing else', (t) => {
  t.deepEqual(
    findingsOf('test/data/suspicious-lock.json').map(
      ({ rule, package: name, version = '' }) => `${rule} ${name} ${version}`,
    ),
    [
      'integrity-malformed cut 1.0.0',
      'integrity-weak old 1.0.0',
      'integrity-missing bare 1.0.0',
      'transport-plain plain 2.0.0',
      'transport-ssh from-git 1.0.0',
      'install-script plain 2.0.0',
      'deprecated old 1.0.0',
      'lookalike lodahs 1.0.0',
      'duplicate-versions old ',
    ],
  )
})

test('the findings in a real lock file are those that its text holds', (t) => {
  const text = readFileSync('package-lock.json', 'utf8')
  const count = (rule: string): number =>
    findingsOf('package-lock.json').filter((finding) => finding.rule === rule).length
  t.is(count('install-script'), text.match(/"hasInstallScript": true/g)?.length ?? 0)
  t.is(count('deprecated'), text.match(/^ {6}"deprecated": "/gm)?.length ?? 0)
  t.is(count('integrity-malformed'), 0)
})

test('addresses left out of a lock file are counted, not held against it', (t) => {
  const packages = parseLockfile('{"packages":{"node_modules/a":{"version":"1.0.0"}}}')
  const transport = checks.find(({ name }) => name === 'transport')?.run(packages)
  t.deepEqual(transport?.findings, [])
  t.is(transport?.counts?.['unknown'], 1)
})

test('a hash that an algorithm really makes is well-formed', (t) => {
  const algorithms = fc.constantFrom('sha512', 'sha384', 'sha256')
  fc.assert(
    fc.property(algorithms, fc.string(), (algorithm, content) => {
      const hash = createHash(algorithm).update(content).digest('base64')
      t.is(judgeIntegrity(`${algorithm}-${hash}`), 'strong')
      t.is(judgeIntegrity(`${algorithm}-${hash}?ct=x`), 'strong')
      t.is(judgeIntegrity(`${algorithm}-${hash.slice(1)}`), 'malformed')
      t.is(judgeIntegrity(`${algorithm}-${hash.slice(0, -2)}`), 'malformed')
    }),
  )
})

test('a strong hash beside a weak one is strong; an unknown one makes both malformed', (t) => {
  const hash = (algorithm: string): string =>
    `${algorithm}-${createHash(algorithm).update('x').digest('base64')}`
  t.is(judgeIntegrity(hash('sha1')), 'weak')
  t.is(judgeIntegrity(`${hash('sha1')} ${hash('sha512')}`), 'strong')
  t.is(judgeIntegrity(`${hash('sha512')} crc32-AAAA`), 'malformed')
  t.is(judgeIntegrity(''), 'malformed')
})

test('only TLS is TLS', (t) => {
  t.is(judgeTransport('https://registry.example.com/a.tgz'), 'tls')
  t.is(judgeTransport('git+https://git.example.com/a.git#0f1e'), 'tls')
  t.is(judgeTransport('git+ssh://git@git.example.com/a.git#0f1e'), 'ssh')
  for (const plain of ['http://a.example/a.tgz', 'git://a.example/a', 'ftp://a', 'a.tgz', ''])
    t.is(judgeTransport(plain), 'plain', plain)
  t.is(judgeTransport('file:vendor/a.tgz'), 'local')
  t.is(judgeTransport(undefined), 'unknown')
})

test('one high finding denies, one medium warns, a low one is only said', (t) => {
  const finding = (rule: Finding['rule']): Finding => ({ rule, package: 'a' })
  t.deepEqual(decide([]), { verdict: 'allow', reasons: [] })
  t.deepEqual(decide([finding('duplicate-versions')]), {
    verdict: 'allow',
    reasons: ['1 duplicate-versions (low)'],
  })
  t.is(decide([finding('deprecated'), finding('duplicate-versions')]).verdict, 'warn')
  t.deepEqual(
    decide([finding('deprecated'), finding('transport-plain'), finding('transport-plain')]),
    {
      verdict: 'deny',
      reasons: ['2 transport-plain (high)', '1 deprecated (medium)'],
    },
  )
})
