export type { Duration } from '../config/duration.js'
export { createLevelHandler, type LevelHandler, type LevelHandlerOptions } from './level-handler.js'
export { controlLevelsBySignal, type LevelSignal, type LevelSignalOptions } from './level-signal.js'
export {
  type LevelChange,
  type LoggerLevel,
  loggerLevels,
  type SetLevelOptions,
  setLoggerLevel,
} from './levels.js'
