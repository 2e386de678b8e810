/**
 * Answers kept as ready bytes for as long as what they were read from stays as it is.
 *
 * A desk of dashboards asks the same few questions, and between two changes the answers are the same to the byte.
 * The version decides alone: with the first question of a new one everything kept is forgotten.
 */

export interface Answers {
  /** The kept answer, else the one that `make` gives, which is kept from then on; undefined = it gives none. */
  readonly get: (question: string, make: () => string | undefined) => Buffer | undefined
}

/** More than the answers of all dashboards of a desk between two changes. */
const MOST_BYTES = 32_000_000

export const makeAnswers = (version: () => string): Answers => {
  const kept = new Map<string, Buffer>()
  let bytes = 0
  let of = ""

  const forgetOld = (): void => {
    const now = version()
    if (now === of) return
    kept.clear()
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
      if (bytes + answer.length <= MOST_BYTES) {
        kept.set(question, answer)
        bytes += answer.length
      }
      return answer
    }
  }
}
