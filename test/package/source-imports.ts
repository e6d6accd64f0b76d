/** How one source file reaches another module. */
export interface SourceImport {
  readonly specifier: string
  readonly kind: 'static' | 'dynamic'
}

const comment = /^\s*(?:\/\/|\/?\*)/
// Formatted source begins an import or export statement in the first column, whatever it spans.
const statement = /^(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*(['"])([^'"\n]+)\1/gm
const call =
  /\b(?:import|require|requireOptional)\s*(?:<[^>]*>)?\(\s*(?:(['"])([^'"\n]+)\1|([^'")\s][^)\n]*))/g

/** The source without whole-line comments, so that an `@example` imports nothing. */
export function withoutComments(source: string): string {
  return source
    .split('\n')
    .map((line) => (comment.test(line) ? '' : line))
    .join('\n')
}

/** Every import of a file: static, type-only, re-export, `import()` as a call and as a type, `require`. */
export function importsOf(source: string): readonly SourceImport[] {
  const code = withoutComments(source)
  return [
    ...[...code.matchAll(statement)].map((found): SourceImport => {
      return { specifier: found[2] ?? '', kind: 'static' }
    }),
    ...[...code.matchAll(call)].map((found): SourceImport => {
      return { specifier: found[2] ?? `(${found[3]})`, kind: 'dynamic' }
    }),
  ]
}

/** Whether a file reads the environment in any of the ways that Node offers. */
export function readsEnvironment(source: string): boolean {
  const code = withoutComments(source)
  return (
    /\bprocess\s*(?:\?\.|\.)\s*env\b/.test(code) ||
    /\bprocess\s*(?:\?\.)?\[\s*['"`]env['"`]/.test(code) ||
    /\benv\b[^;\n]*\}\s*(?:=\s*(?:globalThis\.)?process\b|from\s*['"](?:node:)?process['"])/.test(
      code,
    )
  )
}
