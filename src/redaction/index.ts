export type { KeyNames } from './keys.js'
export type {
  HmacMask,
  MaskMode,
  PiiRule,
  RedactOptions,
  RedactPattern,
  RuleSet,
} from './options.js'
export { piiRules, ruleSets } from './options.js'
export { createRedactor, type Redactor } from './redactor.js'
export {
  type RegisteredVariables,
  registerSecret,
  registerSecretsFromEnv,
} from './registry.js'
export { isSecret, Secret } from './secret.js'
export type { KeyVerdict } from './types.js'
