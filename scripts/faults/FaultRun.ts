/**
 * What a fault run is and what it answers: a promise, put to the test at a size, with a seed.
 *
 * It keeps the promise only if every check holds, the least work was done that makes it count, and each control (the
 * same check of something known to be broken) was caught: a run that could not have failed shows nothing.
 */

/** `short` belongs to `npm test` and takes seconds; `long` is the run that the promise names. */
export type Size = "short" | "long"

export interface FaultRun {
  /** As in `npm run faults <name>`. */
  readonly name: string
  /** What it shows, in a sentence. */
  readonly promise: string
  /** The same seed draws the same faults. */
  readonly run: (size: Size, seed: number) => Promise<Outcome>
}

export interface Outcome {
  readonly checks: readonly Check[]
  readonly least: readonly Least[]
  readonly controls: readonly Control[]
  /** What else was counted, in the order in which it is told. */
  readonly counts: Readonly<Record<string, number | string>>
  /** How it was done and what it leaves out, a sentence each. */
  readonly notes: readonly string[]
}

/** Something that has to be so. */
export interface Check {
  readonly what: string
  /** With its unit. */
  readonly seen: string
  readonly must: string
  readonly holds: boolean
}

/** Work without which the run says nothing, e.g. kills that cut a commit. */
export interface Least {
  readonly what: string
  readonly seen: number
  readonly atLeast: number
}

/** Something known to be broken, put to the same check. */
export interface Control {
  readonly what: string
  readonly caught: boolean
}

/** A check that something never happened. */
export const none = (what: string, seen: number): Check => ({ what, seen: String(seen), must: "0", holds: seen === 0 })

/** A check that a quantity stays within its bound. */
export const atMost = (what: string, seen: number, most: number, unit = ""): Check => ({
  what,
  seen: `${rounded(seen)} ${unit}`.trim(),
  must: `≤ ${rounded(most)} ${unit}`.trim(),
  holds: seen <= most
})

/** A check that two counts agree. */
export const exactly = (what: string, seen: number, expected: number): Check => ({
  what,
  seen: String(seen),
  must: String(expected),
  holds: seen === expected
})

/** Why the outcome does not keep its promise, a sentence each; empty = it does. */
export const failures = ({ checks, controls, least }: Outcome): readonly string[] => [
  ...checks.flatMap(({ holds, must, seen, what }) => (holds ? [] : [`${what}: ${seen}, must be ${must}`])),
  ...least.flatMap(({ atLeast, seen, what }) =>
    seen >= atLeast ? [] : [`too little work: ${what} ${seen}, at least ${atLeast}`]
  ),
  ...controls.flatMap(({ caught, what }) => (caught ? [] : [`the control was not caught: ${what}`])),
  ...(controls.length === 0 ? ["it has no control"] : [])
]

const rounded = (value: number): number => Number(value.toPrecision(4))
