/**
 * The nearest known words to one that is not known, for error messages that say what was probably meant.
 */

/** Returns up to three of `known`, nearest first by edit distance, leaving out what is too far to have been meant. */
export const nearest = (text: string, known: readonly string[]): readonly string[] => {
  const wanted = text.toLowerCase().slice(0, MAX_LENGTH)
  return known
    .map((word) => ({ word, away: distance(wanted, word.toLowerCase().slice(0, MAX_LENGTH)) }))
    .filter(({ word, away }) => away <= Math.max(2, Math.ceil(Math.max(wanted.length, word.length) / 2)))
    .sort((a, b) => a.away - b.away || (a.word < b.word ? -1 : 1))
    .slice(0, 3)
    .map(({ word }) => word)
}

// Bounds the work a hostile argument can cause: distance is quadratic in length.
const MAX_LENGTH = 64

/** Characters to add, drop, change or swap with their neighbour; one row at a time. */
const distance = (a: string, b: string): number => {
  let before: readonly number[] = []
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : Infinity
      current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, changed, swapped))
    }
    before = previous
    previous = current
  }
  return previous[b.length] ?? 0
}
