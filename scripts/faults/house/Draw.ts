/** Numbers that a seed decides, so that a run can be made again with the same faults. */

export interface Draw {
  /** From 0 to 1, without 1. */
  readonly share: () => number
  readonly between: (least: number, most: number) => number
}

/** Mulberry32: small, and good enough to choose moments. */
export const drawFrom = (seed: number): Draw => {
  let state = seed | 0
  const share = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let word = Math.imul(state ^ (state >>> 15), 1 | state)
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32
  }
  return { share, between: (least, most) => least + share() * (most - least) }
}
