/**
 * Answers kept as ready bytes for as long as what they were read from stays as it is.
 *
 * A desk of dashboards asks the same few questions, and between two changes the answers are the same to the byte.
 * The version decides alone: with the first question of a new one everything kept is forgotten.
 */

export interface Answers {
  readonly find: (question: string) => Buffer | undefined
  /** Called before a question is answered; keeps the answer unless something has changed while it was made. */
  readonly begin: (question: string) => (text: string) => void
}

/** More than the answers of all dashboards of a desk between two changes. */
const MOST_BYTES = 32_000_000

export const makeAnswers = (version: () => string): Answers => {
  const kept = new Map<string, Buffer>()
  let bytes = 0
  let of = ""

  const current = (): string => {
    const now = version()
    if (now !== of) {
      kept.clear()
      bytes = 0
      of = now
    }
    return now
  }

  return {
    find: (question) => {
      current()
      return kept.get(question)
    },
    begin: (question) => {
      const before = current()
      return (text) => {
        const answer = Buffer.from(text)
        if (current() !== before || bytes + answer.length > MOST_BYTES) return
        kept.set(question, answer)
        bytes += answer.length
      }
    }
  }
}
