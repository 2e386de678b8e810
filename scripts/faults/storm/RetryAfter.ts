/** Every form in which a bookmaker may say when to come back, with our clock right, ten minutes ahead and behind. */
import { BookmakerId } from "../../../src/domain/Bookmaker.ts"
import { classify } from "../../../src/bookmakers/http/Answer.ts"

const NOW = Date.UTC(2026, 10, 20, 12)
const LONGEST_MS = 15 * 60_000
const SHORTEST_MS = 1_000
const SKEWS = [0, -600_000, 600_000, -86_400_000, 86_400_000]

/** The header, and how long it asks for; without a sensible one nothing is promised but the shortest wait. */
const FORMS: readonly (readonly [header: string | undefined, waitMs: number])[] = [
  [undefined, 0],
  ["5", 5_000],
  ["0", 0],
  ["-1", 0],
  ["abc", 0],
  ["1e12", Infinity],
  ["900", 900_000],
  ["1.5", 1_500],
  [new Date(NOW + 60_000).toUTCString(), 60_000],
  [new Date(NOW + 600_000).toUTCString(), 600_000],
  [new Date(NOW - 3_600_000).toUTCString(), 0],
  [new Date(NOW + 10 * 86_400_000).toUTCString(), Infinity]
]

/** How many were tried, and how many were not waited for. */
export const earlyAnswers = (): { readonly tried: number; readonly early: number } => {
  const tried = FORMS.flatMap(([header, waitMs]) => SKEWS.map((skew) => ({ header, waitMs, skew })))
  const early = tried.filter(({ header, waitMs, skew }) => {
    const headers = { date: new Date(NOW).toUTCString(), ...(header === undefined ? {} : { "retry-after": header }) }
    const asked = {
      bookmakerId: BookmakerId("storm-ng"),
      endpoint: "event" as const,
      url: new URL("http://storm.test/event"),
      headers: {}
    }
    const refusal = classify(asked, { status: 429, headers, body: Buffer.from("") }, NOW + skew)
    const until = refusal?._tag === "Throttled" ? refusal.until - skew : -Infinity
    return until < NOW + Math.min(LONGEST_MS, Math.max(SHORTEST_MS, waitMs))
  })
  return { tried: tried.length, early: early.length }
}
