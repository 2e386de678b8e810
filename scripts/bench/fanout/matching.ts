/** What it costs to find who wants a record among ten thousand filters, with the index and by asking each of them. */
import { makeTopic } from "../../../src/broadcast/Topic.ts"
import { makePending, note } from "../../../src/broadcast/Pending.ts"
import type { Pending } from "../../../src/broadcast/Pending.ts"
import { readFilter } from "../../../src/graphql/arguments/Filter.ts"
import type { OddsFilter } from "../../../src/graphql/arguments/Filter.ts"
import { bookmakers } from "../../../test/graphql/subscriptions/house.ts"
import { marketsRecord, NOW } from "../../../test/support/records.ts"
import { plainly } from "../report.ts"
import type { Row } from "../report.ts"
import { cpuPerCall } from "../rounds.ts"

const FILTERS = 10_000

export const matching = (): readonly Row[] => [
  row("by event", (i) => ({ events: [String(i % 1_300), String((i * 7) % 1_300), `alone-${i}`] })),
  row("by competition", (i) => ({ competitions: [`competition-${i % 300}`], kickoffFrom: NOW + i * 8_640 })),
  row("by country and kickoff", (i) => ({
    countries: [COUNTRIES[i % COUNTRIES.length] ?? ""],
    kickoffFrom: NOW + i * 8_640
  })),
  row("by an hour of kickoffs, in a day of them", (i) => ({
    kickoffFrom: NOW + i * 8_640,
    kickoffTo: NOW + i * 8_640 + HOUR
  })),
  row("by bookmaker and market", (i) => ({ bookmakers: ["bet9ja-ng"], markets: ["1x2_ft"], kickoffTo: 1e13 + i }))
]

const HOUR = 3_600_000
const COUNTRIES = ["NG", "GB-ENG", "ES", "IT", "DE", "FR", "BR", "AR", "PT", "NL", "TR", "CN"]

const row = (what: string, input: (i: number) => Parameters<typeof readFilter>[0]): Row => {
  const topic = makeTopic<{ readonly interest: OddsFilter; readonly pending: Pending }>()
  for (let i = 0; i < FILTERS; i++) {
    const filter = readFilter(input(i), bookmakers)
    if (filter._tag === "Success") topic.add({ interest: filter.success, pending: makePending() })
  }
  let event = 0
  const ms =
    cpuPerCall(() => {
      const record = marketsRecord(String((event = (event + 1) % 1_300)), 1_850)
      topic.route(record, ({ interest, pending }) =>
        note(pending, interest, { epoch: 1, seq: 1, record, durable: true })
      )
    }, 400) / 1_000
  return plainly(`one record to ${FILTERS} filters ${what}`, ms, "ms", { most: 1 })
}
