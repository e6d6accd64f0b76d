import { readFileSync } from 'node:fs'
import test from 'ava'
import { tracerName, tracerVersion } from '../../src/spans/begin.js'

test('spans are made under the name and version of the package', (t) => {
  const file = new URL('../../../package.json', import.meta.url)
  const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as {
    name: string
    version: string
  }
  t.is(tracerName, name)
  t.is(tracerVersion, version)
})
