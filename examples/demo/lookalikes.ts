import { popularNames } from './popular-names.js'

/** Every short name is one letter from another short name. */
const shortest = 4

const popular: ReadonlySet<string> = new Set(popularNames)
const targets = popularNames.filter((name) => name.length >= shortest)

/** The widely used package that `name` could be mistaken for; scoped names have an owner and are not compared. */
export function lookalikeOf(name: string): string | undefined {
  if (popular.has(name) || name.startsWith('@')) return undefined
  return targets.find((target) => isOneEditApart(name, target))
}

/** Whether one letter added, left out, replaced, or swapped with its neighbour makes one text the other. */
export function isOneEditApart(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1
  let end = 0
  const rest = Math.min(a.length, b.length) - start
  while (end < rest && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1
  const left = a.slice(start, a.length - end)
  const right = b.slice(start, b.length - end)
  if (left.length === 2 && right.length === 2) return left[0] === right[1] && left[1] === right[0]
  return left.length + right.length > 0 && left.length <= 1 && right.length <= 1
}
