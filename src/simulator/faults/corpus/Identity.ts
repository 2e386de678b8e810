/**
 * Matches, identity and time: M129–M160 of the corpus. Those of lists act on every list of the page.
 */
import type { Fault, Faults } from "../Fault.ts"
import { formatted, ofEvents, ofRows } from "../Formats.ts"
import type { Dictionary, Format } from "../Format.ts"

const DAY = 86_400_000

const kickoff = (value: (at: number) => unknown): Fault =>
  ofEvents((format, event) => {
    event[format.kickoffKey] = value(kickoffOf(format, event))
  })

const kickoffOf = (format: Format, event: Dictionary): number => {
  const value = event[format.kickoffKey]
  return typeof value === "number" ? value : Date.parse(`${String(value).replace(" ", "T").replace("Z", "")}Z`)
}

const moved = (by: number): Fault =>
  ofEvents((format, event) => {
    event[format.kickoffKey] = format.kickoff(kickoffOf(format, event) + by)
  })

const teams = (rename: (home: string, away: string) => readonly [string, string]): Fault =>
  ofEvents((format, event) => {
    const [home, away] = rename(...format.teams(event))
    format.setTeams(event, home, away)
  })

/** Every event once more, as something that only looks like it. */
const twins = (twin: (format: Format, event: Dictionary, at: number) => void): Fault =>
  ofRows((rows, format) =>
    rows.flatMap((row, at) => {
      const copy = structuredClone(row)
      twin(format, copy, at)
      return [row, copy]
    })
  )

const twinNamed = (suffix: string): Fault =>
  twins((format, event, at) => {
    const [home, away] = format.teams(event)
    format.setTeams(event, `${home}${suffix}`, `${away}${suffix}`)
    format.setIdentity(event, String(990_000_000 + (kickoffOf(format, event) % 10_000_000) + at))
  })

/** As many rows as the largest page has, so that whoever reads it asks for the next one. */
const padded = (rows: readonly Dictionary[], pages: number, page: number): readonly Dictionary[] =>
  rows.length === 0 ? rows : Array.from({ length: 100 }, (_, at) => rows[(at * pages + page) % rows.length] ?? {})

/** Pages that go round and round; each of them is full. */
const circling = (pages: number): Fault =>
  formatted((format, root, { ordinal }) => {
    format.promiseMore(root)
    format.rows(root, (rows) => (pages === 1 ? padded(rows, 1, 0) : padded(rows, pages, ordinal % pages)))
  })

export const IDENTITY: Faults = {
  M129: ofEvents((format, event) => {
    delete event[format.kickoffKey]
  }),
  M130: kickoff(() => null),
  M131: kickoff(() => ""),
  M132: kickoff(() => 0),
  "M133-seconds": kickoff((at) => Math.floor(at / 1_000)),
  "M133-milliseconds": kickoff((at) => at),
  "M133-microseconds": kickoff((at) => at * 1_000),
  M136: kickoff((at) => new Date(at).toISOString().slice(0, 19)),
  M137: kickoff(() => "2026-03-29T02:30"),
  M138: kickoff(() => "2026-10-25T02:30"),
  M139: kickoff(() => "2026-11-20T24:00:00Z"),
  M140: kickoff(() => "2027-02-29T12:00:00Z"),
  M141: kickoff(() => "25/10/2026 15:00"),
  M142: kickoff((at) => `/Date(${at})/`),
  "M143-1970": ofEvents((format, event) => {
    event[format.kickoffKey] = format.kickoff(DAY)
  }),
  "M143-9999": ofEvents((format, event) => {
    event[format.kickoffKey] = format.kickoff(Date.UTC(9999, 0))
  }),
  M144: moved(DAY),
  M145: ofEvents((format, event, { now }) => {
    event[format.kickoffKey] = format.kickoff(now - 3_600_000)
  }),
  M146: twins(() => undefined),
  M147: twins((format, event) => {
    format.setTeams(event, "Somebody", "Else")
    event[format.kickoffKey] = format.kickoff(kickoffOf(format, event) + DAY)
  }),
  M148: ofEvents((format, event) => {
    const own = event[format.idKey]
    format.setTeams(event, "Somebody", "Else")
    format.setIdentity(event, "99999999")
    // SportyBet's own id is the Sportradar id, so it cannot stay and mean another match.
    if (format.idKey !== "eventId") event[format.idKey] = own
  }),
  M149: ofEvents((format, event) => {
    const id = event[format.idKey]
    event[format.idKey] = typeof id === "number" ? String(id) : Number(String(id).replace(/\D/g, ""))
  }),
  M150: teams((_, away) => ["", away]),
  M151: teams((home) => [home, home]),
  M152: twinNamed(" SRL"),
  M153: twins((format, event, at) => {
    format.setTeams(event, "", "")
    format.setIdentity(event, String(980_000_000 + at))
  }),
  M154: twinNamed(" (W)"),
  M155: twins((format, event, at) => {
    event[format.kickoffKey] = format.kickoff(kickoffOf(format, event) + 2 * 3_600_000)
    format.setIdentity(event, String(970_000_000 + (kickoffOf(format, event) % 10_000_000) + at))
  }),
  M156: ofRows(() => []),
  M157: ofRows((rows) => rows.slice(0, rows.length >> 1)),
  M158: circling(1),
  M159: circling(2),
  M160: twins((_, event) => {
    for (const holder of Object.values(event)) if (typeof holder === "object" && holder !== null) repriced(holder)
  })
}

/** Every price of a list's row another one; a list's prices are not read by anybody. */
const repriced = (value: object): void => {
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry === "object" && entry !== null) repriced(entry)
    else if (key === "odds" || key.startsWith("S_"))
      Object.assign(value, { [key]: typeof entry === "number" ? 9.99 : "9.99" })
  }
}
