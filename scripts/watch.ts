/**
 * `npm run watch -- [filters] [--json]`: the odds stream in a terminal.
 *
 * Comes back by itself after any break, going on exactly where it was; what it could not be told is said.
 */
import { env, exit, stderr, stdout } from "node:process"
import { setTimeout as pause } from "node:timers/promises"
import { parseArgs } from "node:util"
import { createClient } from "graphql-ws"
import type { Client } from "graphql-ws"
import { WebSocket } from "ws"

const USAGE = `npm run watch -- [filters] [--conflate ms] [--json]

  --event id  --competition id  --country CC  --bookmaker id  --market key   each may be given several times
  --kickoff-from time  --kickoff-to time                                     2026-11-20T20:04:00Z
The server is ODDSWIRE_URL, else http://HOST:PORT (127.0.0.1:4000); its token, where it asks for one, ODDSWIRE_TOKEN.
`

const DOCUMENT = `subscription Watch($filter: OddsFilter, $after: Cursor, $conflateMs: Int! = 0) {
  oddsUpdated(filter: $filter, after: $after, conflateMs: $conflateMs, snapshot: false) {
    kind reason page lastPage cursor previousCursor serverTime durable removed
    events { id name kickoff competition { name countryName } }
    offers { id eventId bookmakerId marketKey state changedAt reason { text } outcomes { outcome price milli previousMilli state } }
    listings { id state reason { text } }
    bookmakers { id name state reason { text } }
    confirmations { listingId confirmedAt }
  }
}`

interface Outcome {
  readonly outcome: string
  readonly price: string | null
  readonly milli: number | null
  readonly previousMilli: number | null
  readonly state: string
}

interface Stated {
  readonly id: string
  readonly state: string
  readonly reason: { readonly text: string } | null
}

interface OddsMessage {
  readonly kind: string
  readonly reason: string | null
  readonly cursor: string
  readonly serverTime: string
  readonly durable: boolean
  readonly removed: readonly string[]
  readonly events: readonly {
    readonly id: string
    readonly name: string
    readonly kickoff: string
    readonly competition: { readonly name: string; readonly countryName: string }
  }[]
  readonly offers: readonly (Stated & {
    readonly eventId: string
    readonly bookmakerId: string
    readonly marketKey: string
    readonly outcomes: readonly Outcome[]
  })[]
  readonly listings: readonly Stated[]
  readonly bookmakers: readonly (Stated & { readonly name: string })[]
  readonly confirmations: readonly object[]
}

const OPTIONS = {
  event: { type: "string", multiple: true },
  competition: { type: "string", multiple: true },
  country: { type: "string", multiple: true },
  bookmaker: { type: "string", multiple: true },
  market: { type: "string", multiple: true },
  "kickoff-from": { type: "string" },
  "kickoff-to": { type: "string" },
  conflate: { type: "string", default: "0" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false }
} as const

const readOptions = () => {
  try {
    const { values } = parseArgs({ options: OPTIONS })
    if (!values.help) return values
    stdout.write(USAGE)
  } catch (error) {
    stderr.write(`watch: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    return exit(2)
  }
  return exit(0)
}

const options = readOptions()
const server = (env["ODDSWIRE_URL"] ?? `http://${env["HOST"] ?? "127.0.0.1"}:${env["PORT"] ?? "4000"}`).replace(
  /\/+$/,
  ""
)
const url = `${server.replace(/^http/, "ws")}/graphql`
const token = env["ODDSWIRE_TOKEN"]
const filter = {
  events: options.event,
  competitions: options.competition,
  countries: options.country,
  bookmakers: options.bookmaker,
  markets: options.market,
  kickoffFrom: options["kickoff-from"],
  kickoffTo: options["kickoff-to"]
}

const names = new Map<string, string>()
let after: string | undefined

const say = (line: string): void => void stdout.write(`${line}\n`)
const note = (line: string): void => void stderr.write(`${line}\n`)

const follow = async (): Promise<void> => {
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazy: true,
    ...(token !== undefined && { connectionParams: { token } })
  })
  try {
    if (!options.json) await learnNames(client)
    const variables = { filter, conflateMs: Number(options.conflate), ...(after !== undefined && { after }) }
    for await (const { data, errors } of client.iterate<{ oddsUpdated: OddsMessage }>({ query: DOCUMENT, variables })) {
      if (errors !== undefined) refuse(errors)
      if (data !== undefined && data !== null) show(data.oddsUpdated)
    }
  } catch (error) {
    if (Array.isArray(error)) refuse(error)
    note(`-- ${reasonOf(error)}; coming back`)
  } finally {
    await client.dispose()
  }
}

const NAMES = `query Names($after: String) {
  events(first: 200, after: $after) { nodes { id name } pageInfo { hasNextPage endCursor } }
}`

interface NamesPage {
  readonly events: {
    readonly nodes: readonly { readonly id: string; readonly name: string }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

/** Deltas name events by their id alone. */
const learnNames = async (client: Client): Promise<void> => {
  let page: string | null = null
  do {
    const { value } = await client.iterate<NamesPage>({ query: NAMES, variables: { after: page } }).next()
    const events: NamesPage["events"] | undefined = value?.data?.events
    for (const { id, name } of events?.nodes ?? []) names.set(id, name)
    page = events?.pageInfo.hasNextPage === true ? events.pageInfo.endCursor : null
  } while (page !== null)
}

/** What the server will not serve does not get better by asking again. */
const refuse = (errors: readonly { readonly message: string }[]): never => {
  for (const { message } of errors) note(`watch: ${message}`)
  exit(1)
}

const reasonOf = (error: unknown): string => {
  if (typeof error !== "object" || error === null) return String(error)
  if ("code" in error && typeof error.code === "number") return `connection to ${url} closed (${error.code})`
  return `no connection to ${url}`
}

const show = (message: OddsMessage): void => {
  after = message.cursor
  for (const { id, name } of message.events) names.set(id, name)
  if (options.json) return say(JSON.stringify(message))
  const time = message.serverTime.slice(11, 23)
  if (message.kind === "SNAPSHOT") say(`${time} -- all anew (${message.reason ?? ""})`)
  if (message.kind === "RESUMED") say(`${time} -- live`)
  if (!message.durable) say(`${time} -- not yet on disk`)
  for (const { name, state, reason } of message.bookmakers)
    say(`${time} ${name} as a whole is ${state}${because(reason)}`)
  for (const { name, kickoff, competition } of message.events) {
    say(
      `${time} ${name}, ${competition.countryName} ${competition.name}, kickoff ${kickoff.slice(0, 16).replace("T", " ")}`
    )
  }
  for (const { id, state, reason } of message.listings) say(`${time} ${id} is ${state}${because(reason)}`)
  for (const { eventId, bookmakerId, marketKey, state, outcomes } of message.offers) {
    const prices = outcomes.map(priceOf).join("  ")
    say(
      `${time} ${(names.get(eventId) ?? eventId).padEnd(40)} ${bookmakerId.padEnd(13)} ${marketKey.padEnd(24)} ${state === "CONFIRMED" ? "" : `${state} `}${prices}`
    )
  }
  for (const id of message.removed) say(`${time} ${names.get(id) ?? id} left`)
}

const because = (reason: { readonly text: string } | null): string => (reason === null ? "" : `: ${reason.text}`)

const priceOf = ({ outcome, price, milli, previousMilli, state }: Outcome): string => {
  const move =
    milli === null || previousMilli === null || milli === previousMilli ? "" : milli > previousMilli ? "↑" : "↓"
  return `${outcome} ${price ?? "-"}${move}${state === "CONFIRMED" ? "" : ` (${state.toLowerCase()})`}`
}

process.on("SIGINT", () => exit(0))
for (let attempt = 0; ; attempt++) {
  const before = after
  await follow()
  if (after !== before) attempt = 0
  // Jittered, so that many watchers do not return in step.
  const wait = Math.min(10_000, 250 * 2 ** Math.min(attempt, 6)) * (0.5 + Math.random())
  await pause(wait)
}
