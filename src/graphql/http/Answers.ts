/**
 * Answers kept as ready bytes for as long as what they were read from stays as it is.
 *
 * A desk of dashboards asks the same few questions, and between two changes the answers are the same to the byte.
 * The version decides alone: with the first question of a new one everything kept is forgotten. An answer is kept
 * when it is asked for a second time, because bytes that outlive their request are what makes V8 walk the whole heap.
 */

export interface Answers {
  /** The kept answer, else the one that `make` gives; undefined = it gives none. */
  readonly get: (question: string, make: () => string | undefined) => Buffer | undefined
}

/** More than the answers of all dashboards of a desk between two changes. */
const MOST_BYTES = 32_000_000
const MOST_QUESTIONS = 1_000

export const makeAnswers = (version: () => string): Answers => {
  const kept = new Map<string, Buffer>()
  const askedOnce = new Set<string>()
  let bytes = 0
  let of = ""

  const forgetOld = (): void => {
    const now = version()
    if (now === of) return
    kept.clear()
    askedOnce.clear()
    bytes = 0
    of = now
  }

  return {
    get: (question, make) => {
      forgetOld()
      const known = kept.get(question)
      if (known !== undefined) return known
      const text = make()
      if (text === undefined) return undefined
      const answer = Buffer.from(text)
      if (!askedOnce.has(question)) {
        if (askedOnce.size < MOST_QUESTIONS) askedOnce.add(question)
      } else if (bytes + answer.length <= MOST_BYTES) {
        kept.set(question, answer)
        bytes += answer.length
      }
      return answer
    }
  }
}
