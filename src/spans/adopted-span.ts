import { NativeSpan, type OtelSpan } from './native-span.js'
import type { SpanOptions } from './types.js'

// Registered, so that an ESM and a CommonJS copy of this library understand each other.
const adopted: unique symbol = Symbol.for('seclog.adopted.1') as never

interface AdoptingOptions extends SpanOptions {
  readonly [adopted]?: OtelSpan
}

/** Options that begin no span of ours: what is put into it goes to `native`, which whoever began it ends. */
export function adopting(native: object, options: SpanOptions): SpanOptions {
  return { ...options, [adopted]: native as OtelSpan } as AdoptingOptions
}

/** The span that is to be used in place of a new one, if there is one. */
export function adoptedOf(options: SpanOptions): OtelSpan | undefined {
  return (options as AdoptingOptions)[adopted]
}

/** A span that another instrumentation began and ends; records and context are ours. */
export class AdoptedSpan extends NativeSpan {
  protected override putEnd(): void {}
}
