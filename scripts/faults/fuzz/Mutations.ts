/**
 * Ways in which a payload can be wrong, each applied at one place of it.
 *
 * A mutation is data (a kind, two numbers that choose places, a stranger's value), so that fast-check can draw, repeat
 * and shrink it; what it comes to depends on the payload that it meets.
 */
import fc from "fast-check"

export interface Mutation {
  readonly kind: keyof typeof KINDS | "text cut"
  /** Chooses the place among those that the kind can be applied to. */
  readonly place: number
  /** Chooses a second place, or a value of the kind's own. */
  readonly other: number
  readonly stranger: unknown
}

/** The text of a payload with all of these applied, one after the other. */
export const mutated = (payload: unknown, mutations: readonly Mutation[]): string => {
  const root = { payload: structuredClone(payload) }
  for (const { kind, place, other, stranger } of mutations) {
    if (kind === "text cut") continue
    const { applies, apply } = KINDS[kind]
    const places = placesOf(root).filter(applies)
    const found = places[place % places.length]
    if (found !== undefined) apply(found, { places, other, stranger })
  }
  const text = JSON.stringify(root.payload) ?? ""
  const cut = mutations.find(({ kind }) => kind === "text cut")
  return cut === undefined ? text : text.slice(0, cut.place % (text.length + 1))
}

/** Somewhere in a payload: a value, and what holds it under which name. */
interface Place {
  readonly holder: Dictionary | unknown[]
  readonly name: string
  readonly value: unknown
}

interface Dictionary {
  [name: string]: unknown
}

interface Change {
  readonly places: readonly Place[]
  readonly other: number
  readonly stranger: unknown
}

interface Kind {
  readonly applies: (place: Place) => boolean
  readonly apply: (place: Place, change: Change) => void
}

/** Prices as they should never come, and some that are sound (RELIABILITY, O99–O115). */
const PRICES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1.85,
  1,
  1.0009,
  1.001,
  185,
  1_001,
  2.3456,
  10_000,
  10_000.001,
  1e308,
  "1.85",
  "2.34567",
  "1.8500000000000001",
  "1,85",
  "",
  " ",
  "0x10",
  "1.85abc",
  "١٫٨٥",
  "17/20",
  "-118",
  "1e1",
  "+1.85",
  " 1.85",
  "1.85\n",
  ".85",
  "5.",
  "Infinity",
  "NaN",
  "0.00",
  "1",
  "-",
  "00002.5",
  "1_000",
  "1.85.1",
  [1.85],
  ["1.85"],
  [],
  { v: 1.85 },
  { v: "1.85" },
  { v: [1.85] },
  { odds: 1.85 },
  "9007199254740993",
  2 ** 53
]

const STATUSES: readonly unknown[] = [0, 1, 2, 3, -1, "0", "1", "true", null, true, false, "SUSPENDED", [], {}]

const TEXTS: readonly string[] = [
  "",
  "\u0000",
  "\ud800",
  "\u202e\u200b",
  "__proto__",
  "2.5",
  "@",
  "_",
  "9".repeat(20_000)
]

const isPrice = ({ name, value }: Place): boolean =>
  ["odds", "price", "v"].includes(name) || (/^[A-Z]+_/.test(name) && typeof value === "string")
const isStatus = ({ name }: Place): boolean =>
  ["status", "isActive", "banned", "suspended", "R", "bizCode"].includes(name)
const isId = ({ name }: Place): boolean => /^(?:id|ID|EXTID|eventId|specifier|handicap|typeId|total|hcp)$/.test(name)
const isAny = (): boolean => true
const isMember = ({ holder }: Place): boolean => !Array.isArray(holder)

/** Prices and states are what must never be misread, so they have several kinds of their own. */
const KINDS = {
  price: { applies: isPrice, apply: (place, { other }) => put(place, PRICES[other % PRICES.length]) },
  "strange price": { applies: isPrice, apply: (place, { stranger }) => put(place, stranger) },
  "prices swapped": {
    applies: isPrice,
    apply: (place, { places, other }) => swap(place, places[other % places.length])
  },
  "price retyped": { applies: isPrice, apply: (place, { other }) => put(place, retyped(place.value, other)) },
  status: { applies: isStatus, apply: (place, { other }) => put(place, STATUSES[other % STATUSES.length]) },
  "id changed": { applies: isId, apply: (place, { other }) => put(place, otherId(place.value, other)) },
  "ids swapped": { applies: isId, apply: (place, { places, other }) => swap(place, places[other % places.length]) },
  swapped: { applies: isAny, apply: (place, { places, other }) => swap(place, places[other % places.length]) },
  retyped: { applies: isAny, apply: (place, { other }) => put(place, retyped(place.value, other)) },
  renamed: {
    applies: isMember,
    apply: (place, { other }) => {
      drop(place)
      put({ ...place, name: RENAMED[other % RENAMED.length]?.(place.name) ?? "" }, place.value)
    }
  },
  dropped: { applies: isAny, apply: drop },
  repeated: {
    applies: ({ holder }) => Array.isArray(holder),
    apply: ({ holder, value }) => {
      if (Array.isArray(holder)) holder.push(structuredClone(value))
    }
  },
  "copied elsewhere": {
    applies: isAny,
    apply: (place, { places, other }) => put(places[other % places.length] ?? place, structuredClone(place.value))
  },
  nested: { applies: isAny, apply: (place) => put(place, { value: place.value }) },
  unnested: {
    applies: ({ value }) => isDictionary(value),
    apply: (place) => put(place, isDictionary(place.value) ? Object.values(place.value)[0] : null)
  },
  nulled: { applies: isAny, apply: (place) => put(place, null) },
  text: { applies: isAny, apply: (place, { other }) => put(place, TEXTS[other % TEXTS.length]) },
  stranger: { applies: isAny, apply: (place, { stranger }) => put(place, stranger) },
  "list to map": {
    applies: ({ value }) => Array.isArray(value),
    apply: (place) => put(place, Array.isArray(place.value) ? Object.fromEntries(place.value.entries()) : place.value)
  }
} satisfies Readonly<Record<string, Kind>>

/** Damage comes alone or in small company: with more of it a payload is soon read by nobody. */
export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...names(KINDS), "text cut" as const),
    place: fc.nat(),
    other: fc.nat(),
    stranger: fc.jsonValue({ maxDepth: 2 })
  }),
  { minLength: 1, maxLength: 4 }
)

const RENAMED: readonly ((name: string) => string)[] = [
  (name) => `${name}Value`,
  (name) => name.toUpperCase(),
  (name) => name.toLowerCase(),
  (name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  (name) => name.replaceAll("_", "-"),
  () => "__proto__",
  () => ""
]

function names<A extends object>(of: A): (keyof A)[] {
  const held: (keyof A)[] = []
  for (const name in of) held.push(name)
  return held
}

const retyped = (value: unknown, other: number): unknown =>
  [String(value), Number(value), Boolean(value), [value], { v: value }, JSON.stringify(value)][other % 6]

const otherId = (value: unknown, other: number): unknown =>
  typeof value === "number" ? value + 1 + (other % 3) : typeof value === "string" ? `${value}${other % 10}` : other

const put = ({ holder, name }: Place, value: unknown): void => {
  // Defined and not assigned: "__proto__" is a name like any other in JSON.
  Object.defineProperty(holder, name, { value, configurable: true, enumerable: true, writable: true })
}

function drop({ holder, name }: Place): void {
  if (Array.isArray(holder)) holder.splice(Number(name), 1)
  else Reflect.deleteProperty(holder, name)
}

const swap = (one: Place, other: Place | undefined): void => {
  if (other === undefined) return
  put(one, structuredClone(other.value))
  put(other, structuredClone(one.value))
}

const isDictionary = (value: unknown): value is Dictionary =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const placesOf = (holder: Dictionary | unknown[]): readonly Place[] =>
  Object.entries(holder).flatMap(([name, value]) => [
    { holder, name, value },
    ...(isDictionary(value) || Array.isArray(value) ? placesOf(value) : [])
  ])
