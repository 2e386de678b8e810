/** A dozen of a payload's markets, so that twenty thousand cases take seconds and each damage meets something. */
import type { Subject } from "./Subjects.ts"

const MARKETS = 12
const KEYS = 60
/** Now and then all of it. */
const WHOLE = 200

export const cutOf = ({ site, endpoint, json }: Subject, draw: number): unknown => {
  if (endpoint === "list" || draw % WHOLE === 0) return json
  if (site === "betpawa") return changed(json, "markets", (markets) => partOf(markets, draw))
  if (site === "sportybet")
    return changed(json, "data", (data) => changed(data, "markets", (markets) => partOf(markets, draw)))
  return changed(json, "D", (data) => ({
    ...Object.fromEntries(entriesOf(data).filter(([name]) => HEADER.has(name))),
    O: Object.fromEntries(partOf(entriesOf(new Map(entriesOf(data)).get("O")), draw, KEYS))
  }))
}

/** What an adapter reads of an event of Bet9ja; the rest is most of its bytes. */
const HEADER: ReadonlySet<string> = new Set([
  "ID",
  "EXTID",
  "DS",
  "STARTDATE",
  "STARTDATEUTC",
  "GID",
  "GN",
  "SG",
  "A",
  "AA"
])

const changed = (value: unknown, name: string, change: (member: unknown) => unknown): unknown =>
  Object.fromEntries(entriesOf(value).map(([key, member]) => [key, key === name ? change(member) : member]))

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  typeof value === "object" && value !== null ? Object.entries(value) : []

function partOf<A>(all: readonly A[], draw: number, count?: number): readonly A[]
function partOf(all: unknown, draw: number, count?: number): readonly unknown[]
function partOf(all: unknown, draw: number, count = MARKETS): readonly unknown[] {
  if (!Array.isArray(all)) return []
  const start = draw % Math.max(1, all.length - count)
  return all.slice(start, start + count)
}
