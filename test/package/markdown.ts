/** A fenced block of a page. */
export interface CodeBlock {
  /** First word after the fence: `ts`, `js`, `json`, `sh`, … */
  readonly language: string
  /** The words after it: `run` for a program to be run, `output` for what the program before it prints. */
  readonly words: readonly string[]
  readonly code: string
  /** Line of the fence, from 1. */
  readonly line: number
}

const fence = /^( *)```(\S*)[ \t]*(.*)$/

/** Every fenced block of a page, in order. */
export function codeBlocksOf(markdown: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = []
  const lines = markdown.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const opening = fence.exec(lines[at] ?? '')
    if (opening === null) continue
    const begin = at + 1
    do at++
    while (at < lines.length && !/^ *```\s*$/.test(lines[at] ?? ''))
    if (at >= lines.length) throw new Error(`the block of line ${begin} is never closed`)
    const indent = opening[1]?.length ?? 0
    blocks.push({
      language: opening[2] ?? '',
      words: (opening[3] ?? '').split(/\s+/).filter((word) => word !== ''),
      code: `${lines
        .slice(begin, at)
        .map((line) => line.slice(indent))
        .join('\n')}\n`,
      line: begin,
    })
  }
  return blocks
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^ *```[\s\S]*?^ *```\s*$/gm, '').replace(/`[^`\n]*`/g, '')
}

/** Every link of a page that is not to another site. */
export function ownLinksOf(markdown: string): readonly string[] {
  return [...withoutCode(markdown).matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)]
    .map((found) => found[1] ?? '')
    .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target))
}

/** The anchors that GitHub gives the headings of a page. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>()
  const page = markdown.replace(/^ *```[\s\S]*?^ *```\s*$/gm, '')
  for (const [, heading = ''] of page.matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .replace(/\s/g, '-')
    let unique = slug
    for (let count = 1; anchors.has(unique); count++) unique = `${slug}-${count}`
    anchors.add(unique)
  }
  return anchors
}
