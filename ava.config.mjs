export default {
  files: ['test/**/*.test.ts', '!test/fixtures/**'],
  timeout: '60s',
  require: ['./test/own-warnings.mjs'],
  typescript: { rewritePaths: { 'src/': 'build/src/', 'test/': 'build/test/' }, compile: 'tsc' },
}
