/** A breakage: one place of one file, replaced exactly; and what a run of tests over it showed. */

export interface Mutant {
  /** From the root of the repository. */
  readonly file: string
  /** Must be there exactly once. */
  readonly from: string
  readonly to: string
}

export interface Verdict {
  /** `hung` counts as caught: a test that does not end has noticed. */
  readonly fate: "killed" | "hung" | "survived" | "unrunnable"
  /** Tests that ran. */
  readonly ran: number
  /** Names of those that failed, or what kept them from running. */
  readonly failed: readonly string[]
  readonly seconds: number
}

/** The file with its breakage; fails loudly where the place is gone or no longer the only one. */
export const applied = (source: string, { file, from, to }: Mutant): string => {
  const places = source.split(from).length - 1
  if (places !== 1) throw new Error(`${file} has ${places} times, and must have once:\n${from}`)
  if (from === to) throw new Error(`${file}: this replacement changes nothing:\n${from}`)
  // Not a string: `$` would mean something in it.
  return source.replace(from, () => to)
}
