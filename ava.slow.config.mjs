import base from './ava.config.mjs'

/** Tests that install packages of several versions: too slow for each run of `npm test`, run by `.ci/run`. */
export default { ...base, files: ['test/**/*.slow.ts'], timeout: '10m', serial: true }
