import base from './ava.config.mjs'

/** Tests in a real Chromium, which `npm run test:browser` finds or installs. */
export default { ...base, files: ['test/browser/**/*.browser.ts'], workerThreads: false }
