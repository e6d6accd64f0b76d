const longestName = 128

/**
 * The lower-case words of a name, however it is spelled: `githubPrivateKey`, `GITHUB_PRIVATE_KEY`, `github-private.key`.
 *
 * Digits at the end of a word are dropped (`password2`); of a name longer than 128 characters the end is read.
 */
export function wordsOf(name: string): string[] {
  const source = name.length > longestName ? name.slice(-longestName) : name
  const words: string[] = []
  let start = 0
  let before: Kind = separator
  for (let i = 0; i < source.length; i++) {
    const kind = kindAt(source, i)
    const turns =
      kind === separator ||
      (kind === upper && before !== upper) ||
      (kind === upper && i + 1 < source.length && kindAt(source, i + 1) === lower)
    if (turns) {
      addWord(words, source, start, i)
      start = kind === separator ? i + 1 : i
    }
    before = kind
  }
  addWord(words, source, start, source.length)
  return words
}

type Kind = 0 | 1 | 2 | 3
const separator = 0
const lower = 1
const upper = 2
const digit = 3

function kindAt(text: string, at: number): Kind {
  const c = text.charCodeAt(at)
  if (c >= 97 && c <= 122) return lower
  if (c >= 65 && c <= 90) return upper
  if (c >= 48 && c <= 57) return digit
  return c > 0xa9 && c !== 0xad && !(c >= 0x2000 && c <= 0x206f) ? lower : separator
}

function addWord(words: string[], text: string, start: number, end: number): void {
  let last = end
  while (last > start && kindAt(text, last - 1) === digit) last--
  if (last > start) words.push(text.slice(start, last).toLowerCase())
}
