import type { Writable } from 'node:stream'
import { styleText } from 'node:util'
import { type ColourChoice, wantsColour } from '../config/terminal.js'

export type Style = Parameters<typeof styleText>[0]

/** Where a command writes text. */
export interface Output {
  /** Waits while the reader is behind. Resolves at once, and writes nothing, when there is no reader any more. */
  write(text: string): Promise<void>
  /** The text in a style, or as it is where no colours are wanted. */
  style(style: Style, text: string): string
  readonly colours: boolean
  /** Columns of the terminal; `undefined` for what is none. */
  readonly columns: number | undefined
  /** Whether a person is looking at it. */
  readonly isTerminal: boolean
}

type Stream = Writable & {
  readonly isTTY?: boolean
  readonly columns?: number
  hasColors?(): boolean
}

/**
 * Text on a stream, with colours where a person looks at it and wants them, and at the reader's speed.
 *
 * @param gone - Called once when the reader is gone (`EPIPE`): nothing is left to be done for it.
 */
export function streamOutput(stream: Stream, choice: ColourChoice, gone: () => void): Output {
  const isTerminal = stream.isTTY === true
  const colours = wantsColour(choice, isTerminal && (stream.hasColors?.() ?? true))
  let open = true
  stream.on('error', (error: NodeJS.ErrnoException) => {
    open = false
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error
    gone()
  })
  return {
    colours,
    isTerminal,
    columns: isTerminal ? stream.columns : undefined,
    style: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
    async write(text) {
      if (open && !stream.write(text)) await untilDrained(stream)
    },
  }
}

/** The end of the stream, an error too, is the end of the wait. */
function untilDrained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const events = ['drain', 'close', 'error'] as const
    const settle = (): void => {
      for (const event of events) stream.off(event, settle)
      resolve()
    }
    for (const event of events) stream.on(event, settle)
  })
}
