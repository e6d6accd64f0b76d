import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'

const demoMs = 60_000

/** Runs the demo with these variables; gives the lines of each of its services, as text. */
export async function runDemo(folder, env) {
  const args = ['build/examples/demo/main.js', 'package-lock.json', '--logs', folder]
  const demo = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: demoMs,
    env: { PATH: process.env.PATH, ...env },
  })
  const [code] = await once(demo, 'exit')
  assert.equal(code, 0, 'the demo failed')
  return ['gateway', 'scanner'].map((name) => readFileSync(join(folder, `${name}.jsonl`), 'utf8'))
}

/** A port of loopback that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
