import { spawnSync } from 'node:child_process'
import test from 'ava'
import { runSeclog } from './run-seclog.js'

/** What bash would offer for a line that is being typed; the last word may be empty. */
async function offered(words: readonly string[]): Promise<string[]> {
  const { stdout } = await runSeclog(['completion', 'bash'])
  const script = `${stdout}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_seclog seclog '${words.at(-1)}' '${words.at(-2)}'
printf '%s\\n' "\${COMPREPLY[@]}"`
  const run = spawnSync('bash', ['-u', '-c', script], { encoding: 'utf8' })
  if (run.stderr !== '') throw new Error(run.stderr)
  return run.stdout.split('\n').filter((line) => line !== '')
}

test('bash is offered commands, options, and the values of options', async (t) => {
  t.true((await offered(['seclog', ''])).includes('doctor'))
  t.deepEqual(await offered(['seclog', 'pre']), ['pretty'])
  t.deepEqual(await offered(['seclog', 'trace', '--s']), ['--service', '--since', '--slowest'])
  t.deepEqual(await offered(['seclog', 'trace', '--lines', '']), ['none', 'notable', 'all'])
  t.deepEqual(await offered(['seclog', 'completion', '']), ['bash', 'zsh', 'fish'])
  t.deepEqual(await offered(['seclog', 'trace', 'app']), [])
})

test('every option of every command is in the script of each shell', async (t) => {
  const { stdout: help } = await runSeclog(['--help'])
  const names = [...help.matchAll(/^ {2}([a-z]+) {2}/gm)].map(([, name]) => name ?? '')
  t.true(names.length >= 6)
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await runSeclog(['completion', shell])
    t.is(code, 0)
    for (const name of names) t.true(stdout.includes(name), `${shell}: ${name}`)
    for (const option of ['slowest', 'root-key', 'inventory', 'memory', 'level', 'help'])
      t.true(stdout.includes(option), `${shell}: ${option}`)
  }
})

test('another shell, or none, is refused', async (t) => {
  for (const args of [['completion'], ['completion', 'tcsh']]) {
    const { code, stderr } = await runSeclog(args)
    t.is(code, 2)
    t.regex(stderr, /Say for which shell: seclog completion bash\|zsh\|fish/)
  }
})
