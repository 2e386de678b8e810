/**
 * Where in a bookmaker's payload the things lie that faults of content damage: each bookmaker has a `Format` of its own.
 *
 * Everything is changed in place. A place that is missing answers something nobody sees, so a fault that misses its aim
 * shows itself by having no effect.
 */

export type Dictionary = { [key: string]: unknown }

/** A price, by what holds it. */
export interface PriceAt {
  readonly holder: Dictionary
  readonly key: string
}

/** The sides of the full-time result, and the tokens under which every format knows them in this order. */
export type Side = "home" | "draw" | "away"
export const SIDES: readonly Side[] = ["home", "draw", "away"]

export interface Format {
  /** What holds the facts of a detail's event. */
  readonly event: (root: unknown) => Dictionary
  /** Replaces every list of events on a page of a list. */
  readonly rows: (root: unknown, change: (rows: readonly Dictionary[]) => readonly Dictionary[]) => void
  /** What holds the markets, and under which key. */
  readonly markets: (root: unknown) => PriceAt
  readonly prices: (root: unknown) => readonly PriceAt[]
  /** Of the full-time result. */
  readonly price: (root: unknown, side: Side) => PriceAt
  /** A price as this format writes it. */
  readonly write: (price: number) => unknown
  readonly suspend: (at: PriceAt) => void
  /** A state that nobody has heard of. */
  readonly estrange: (at: PriceAt) => void
  readonly drop: (root: unknown, side: Side) => void
  /** One more outcome of the full-time result: under a token nobody knows, or once more under a known one. */
  readonly add: (root: unknown, token: Side | "unknown", price: number) => void
  /** The full-time result under another id, the same otherwise. */
  readonly renumber: (root: unknown) => void
  /** The line of over/under 2.5 becomes something else. */
  readonly reline: (root: unknown, line: "nothing" | "far") => void
  readonly teams: (event: Dictionary) => readonly [home: string, away: string]
  readonly setTeams: (event: Dictionary, home: string, away: string) => void
  readonly kickoffKey: string
  readonly kickoff: (at: number) => unknown
  readonly idKey: string
  /** Another match: its Sportradar id, and its own id where that is another. */
  readonly setIdentity: (event: Dictionary, sportradarId: string) => void
  /** Where a page tells how many events there are, it tells of many more. */
  readonly promiseMore: (root: unknown) => void
}

export const isDictionary = (value: unknown): value is Dictionary =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The dictionary at the end of these keys. */
export const within = (root: unknown, ...keys: readonly (string | number)[]): Dictionary => {
  const found = keys.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)]
    return isDictionary(value) ? value[String(key)] : undefined
  }, root)
  return isDictionary(found) ? found : {}
}

/** The dictionaries of a list, or of a dictionary keyed by slot. */
export const membersOf = (value: unknown): readonly Dictionary[] =>
  (Array.isArray(value) ? value : isDictionary(value) ? Object.values(value) : []).filter(isDictionary)
