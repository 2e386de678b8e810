/** What it costs to find who wants a record among ten thousand filters, with the index and by asking each of them. */
import { wantsBookmaker } from "../../../src/broadcast/Interest.ts"
import { makeTopic } from "../../../src/broadcast/Topic.ts"
import type { Topic } from "../../../src/broadcast/Topic.ts"
import { makePending, note } from "../../../src/broadcast/Pending.ts"
import type { Pending } from "../../../src/broadcast/Pending.ts"
import type { MarketsRecord } from "../../../src/domain/Record.ts"
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
  row("by bookmaker and market", (i) => ({ bookmakers: ["bet9ja-ng"], markets: ["1x2_ft"], kickoffTo: 1e13 + i })),
  ...wanted()
]

const HOUR = 3_600_000
const COUNTRIES = ["NG", "GB-ENG", "ES", "IT", "DE", "FR", "BR", "AR", "PT", "NL", "TR", "CN"]

type Input = Parameters<typeof readFilter>[0]

interface Filtered {
  readonly interest: OddsFilter
  readonly pending: Pending
}

const filed = (input: (i: number) => Input) => {
  const topic = makeTopic<Filtered>()
  for (let i = 0; i < FILTERS; i++) {
    const filter = readFilter(input(i), bookmakers)
    if (filter._tag === "Success") topic.add({ interest: filter.success, pending: makePending() })
  }
  return topic
}

const row = (what: string, input: (i: number) => Input): Row => {
  const topic = filed(input)
  return plainly(`one record to ${FILTERS} filters ${what}`, msPerRecord(topic, noteIn), "ms", { most: 1 })
}

/** Where all want it, telling them is another matter: noting what is to be told is the first step of that. */
const wanted = (): readonly Row[] => {
  const topic = filed((i) => ({ kickoffFrom: NOW - i }))
  const decide = (record: MarketsRecord, { interest }: Filtered): boolean => wants(interest, record)
  const what = `one record to ${FILTERS} filters that all want it`
  return [
    plainly(`${what}: deciding`, msPerRecord(topic, decide), "ms", { most: 1 }),
    plainly(`${what}: noting it for each, for delivery`, msPerRecord(topic, noteIn), "ms")
  ]
}

const wants = (interest: OddsFilter, { bookmakerId, event, markets }: MarketsRecord): boolean =>
  wantsBookmaker(interest, bookmakerId) &&
  interest.event(event) &&
  markets.some(({ market }) => interest.market(market))

const noteIn = (record: MarketsRecord, { interest, pending }: Filtered): boolean =>
  note(pending, interest, { epoch: 1, seq: 1, record, durable: true })

const msPerRecord = (topic: Topic<Filtered>, visit: (record: MarketsRecord, filtered: Filtered) => boolean): number => {
  let event = 0
  const us = cpuPerCall(() => {
    const record = marketsRecord(String((event = (event + 1) % 1_300)), 1_850)
    let wanting = 0
    topic.route(record, (filtered) => {
      if (visit(record, filtered)) wanting++
    })
    return wanting
  }, 400)
  return us / 1_000
}
