/** The name that somebody most likely meant who wrote one that there isn't. */

/** Longest text compared: what is longer is no slip of the pen, and the work is its square. */
const LONGEST = 64

/** Levenshtein distance of two texts: insertions, deletions and replacements of one character. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length]
}

/** Letters and digits alone, small: `remote-as`, `remote_as` and `remoteAs` are near each other. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[-_\s]/g, '')
}

/**
 * The known name that somebody most likely meant.
 * @returns the nearest of `known`, or undefined when none is near: more than a third of the letters differ
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const wanted = plain(name)
  if (wanted === '' || wanted.length > LONGEST) return undefined
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const candidate of known) {
    const text = plain(candidate)
    // `*` is near every letter, and meant by none.
    if (!/[a-z\d]/.test(text)) continue
    const edits = distance(wanted, text)
    const limit = Math.max(1, Math.ceil(Math.max(wanted.length, text.length) / 3))
    if (edits <= limit && edits < least) {
      best = candidate
      least = edits
    }
  }
  return best
}

/** "did you mean `x`?", or undefined. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const found = nearest(name, known)
  return found === undefined ? undefined : `did you mean \`${found}\`?`
}
