/**
 * Randomness that is a function: the same words always give the same number.
 *
 * Everything the simulator invents (teams, prices, latencies, faults) comes from here, so a run can be
 * repeated from its seed. `Random` of Effect is not used: a state at time t must be computable alone.
 */

/** Mixes integers into 32 bits (murmur3 finalisers). */
export const hash = (...words: readonly number[]): number => {
  let state = 0x9e3779b9
  for (const word of words) {
    state = Math.imul(state ^ (word | 0), 0x85ebca6b)
    state ^= state >>> 13
    state = Math.imul(state ^ Math.floor(word / 4_294_967_296), 0xc2b2ae35)
    state ^= state >>> 16
  }
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d)
  return (state ^ (state >>> 12)) >>> 0
}

/** A number in [0, 1). */
export const uniform = (...words: readonly number[]): number => hash(...words) / 4_294_967_296

/** The 32-bit number of a text, for use as a word. */
export const textWord = (text: string): number => {
  let state = 0x811c9dc5
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193)
  return state >>> 0
}

/** A sequence of numbers in [0, 1) from one seed (mulberry32). */
export const sequence = (seed: number): (() => number) => {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A standard normal number from two uniform ones (Box–Muller). */
export const normal = (first: number, second: number): number =>
  Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second)
