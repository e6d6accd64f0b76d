/** Widely used npm packages without a scope, and real ones whose names are one letter from theirs. */
export const popularNames: readonly string[] = [
  'ajv angular ansi-regex ansi-styles async async-retry axios babel-core bcrypt bluebird',
  'body-parser bootstrap browserify chai chalk cheerio chokidar classnames color colors commander',
  'compression concurrently cookie cookie-parser core-js cors cross-env cross-spawn cuid d3 date-fns',
  'dayjs debug dotenv ejs electron esbuild eslint execa express fast-glob fastify find-up',
  'firebase follow-redirects form-data formik fs-extra glob globby got graphql gulp handlebars helmet',
  'highlight.js husky immer inquirer ioredis jest joi jquery js-yaml jsdom jsonwebtoken knex koa',
  'less lint-staged lodash lodash-es lru-cache luxon marked micromatch mime mime-types minimatch',
  'minimist mkdirp mocha moment mongodb mongoose morgan mquery ms multer mysql mysql2 nanoid next node-fetch',
  'nodemailer nodemon nuxt object-assign openai ora passport pend pg picomatch pino playwright postcss',
  'preact prettier prisma prop-types puppeteer qs ramda react react-dom react-redux react-router',
  'readable-stream redis redux request resolve rimraf rollup rxjs sass semver send sequelize sharp',
  'shelljs sinon socket.io sqlite3 string-width strip-ansi stripe styled-components supertest',
  'supports-color svelte tailwindcss tar terser three through through2 ts-node tslib type-fest typescript uid',
  'underscore undici uuid validator vite vitest vue webpack winston ws yaml yargs yup zod zustand',
].flatMap((names) => names.split(' '))
