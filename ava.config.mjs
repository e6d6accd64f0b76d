export default {
  files: ['test/**/*.test.ts', '!test/fixtures/**'],
  timeout: '60s',
  typescript: { rewritePaths: { 'src/': 'build/src/', 'test/': 'build/test/' }, compile: 'tsc' },
}
