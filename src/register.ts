/**
 * Preload: `node --import seclog/register app.js` starts tracing from the environment before the app is loaded.
 *
 * ESM only, and waits at the top level on purpose, so that the app starts after tracing.
 */
import { startFromEnvironment } from './tracing/preload.js'

await startFromEnvironment()
