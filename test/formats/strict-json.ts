/** Parses JSON like `JSON.parse`, but refuses an object that has a key twice. */
export function parseStrict(text: string): unknown {
  const tokens = text.match(token) ?? []
  const open: (Set<string> | undefined)[] = []
  tokens.forEach((part, index) => {
    if (part === '{') open.push(new Set())
    else if (part === '[') open.push(undefined)
    else if (part === '}' || part === ']') open.pop()
    else if (tokens[index + 1] === ':') {
      const keys = open.at(-1)
      const key = JSON.parse(part) as string
      if (keys?.has(key)) throw new SyntaxError(`The key ${part} stands twice.`)
      keys?.add(key)
    }
  })
  return JSON.parse(text)
}

const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g
