/**
 * Prices are decimal odds held as integer thousandths ("milli"): 1.85 is 1850.
 *
 * Parsing follows DESIGN §4: a value within 10⁻⁶ of a thousandth is that thousandth,
 * a finer one is rounded down and reported as such, anything outside (1, 10 000] is no price.
 */

export const MIN_MILLI = 1_001
export const MAX_MILLI = 10_000_000

/** `finer` is true when digits beyond the thousandth were cut. */
export interface Milli {
  readonly milli: number
  readonly finer: boolean
}

/**
 * Reads a decimal price. Strings must be plain decimals (`1.85`, `4`): no sign, exponent,
 * comma, blank or fraction. Returns `undefined` for anything that is not a price in (1, 10 000].
 */
export const parseMilli = (raw: unknown): Milli | undefined => {
  const plain = typeof raw === "string" ? thousandths(raw) : undefined
  if (plain !== undefined) return plain >= MIN_MILLI && plain <= MAX_MILLI ? { milli: plain, finer: false } : undefined
  const value = typeof raw === "number" ? raw : typeof raw === "string" && PLAIN_DECIMAL.test(raw) ? Number(raw) : NaN
  if (!(value > 1 && value <= 10_000)) return undefined
  const scaled = value * 1000
  const nearest = Math.round(scaled)
  // 10⁻⁶ of the price is 10⁻³ of a thousandth.
  const exact = Math.abs(scaled - nearest) <= 1e-3
  const milli = exact ? nearest : Math.floor(scaled)
  return milli >= MIN_MILLI && milli <= MAX_MILLI ? { milli, finer: !exact } : undefined
}

/**
 * The thousandths of a short plain decimal, read digit by digit: nearly every price is one, and the expression and
 * `Number` below cost five times as much. `undefined` leaves the judgement to them.
 */
const thousandths = (text: string): number | undefined => {
  if (text.length === 0 || text.length > 10) return undefined
  let value = 0
  let decimals = -1
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit >= 0 && digit <= 9 && decimals < 3) {
      value = value * 10 + digit
      if (decimals >= 0) decimals++
    } else if (digit === POINT && decimals === -1 && i > 0) {
      decimals = 0
    } else {
      return undefined
    }
  }
  return decimals === 0 ? undefined : value * (SCALE[decimals] ?? 1_000)
}

const POINT = ".".charCodeAt(0) - 48
/** By how many decimals there are; none = 1,000. */
const SCALE: readonly number[] = [1_000, 100, 10, 1]

const PLAIN_DECIMAL = /^\d{1,6}(?:\.\d{1,20})?$/

/** `1850` → `"1.85"`, `4000` → `"4.00"`: two decimals at least, three where needed. */
export const formatMilli = (milli: number): string => `${Math.floor(milli / 1000)}.${DECIMALS[milli % 1000] ?? ""}`

/** By thousandths; every price shown passes here, and `toFixed` costs ten times the look-up. */
const DECIMALS: readonly string[] = Array.from({ length: 1_000 }, (_, thousandths) =>
  String(thousandths).padStart(3, "0").replace(/0$/, "")
)
