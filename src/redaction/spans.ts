/** Parts of one text that are masked, in order of their beginnings as far as one pass finds them so. */
export class Spans {
  readonly starts: number[] = []
  readonly ends: number[] = []
  readonly rules: string[] = []

  /** Marks `[start, end)` for a rule; an empty part is none. Returns `end`. */
  add(start: number, end: number, rule: string): number {
    if (end > start) {
      this.starts.push(start)
      this.ends.push(end)
      this.rules.push(rule)
    }
    return end
  }

  /** Writes the text anew, each marked part replaced; parts that overlap count as one, under the rule that began first. */
  replace(text: string, mask: (part: string, rule: string) => string): string {
    const count = this.starts.length
    if (count === 0) return text
    const order = this.order()
    let out = ''
    let done = 0
    for (let i = 0; i < count; i++) {
      const first = order[i] as number
      const start = this.starts[first] as number
      let end = this.ends[first] as number
      while (i + 1 < count && (this.starts[order[i + 1] as number] as number) < end) {
        i++
        end = Math.max(end, this.ends[order[i] as number] as number)
      }
      out += text.slice(done, start) + mask(text.slice(start, end), this.rules[first] as string)
      done = end
    }
    return out + text.slice(done)
  }

  private order(): number[] {
    const order = this.starts.map((_, i) => i)
    for (let i = 1; i < order.length; i++) {
      if ((this.starts[i] as number) < (this.starts[i - 1] as number)) {
        return order.sort((a, b) => (this.starts[a] as number) - (this.starts[b] as number))
      }
    }
    return order
  }
}
