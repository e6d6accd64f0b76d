export { errorCodes, SeclogError, type SeclogErrorCode } from './errors.js'
