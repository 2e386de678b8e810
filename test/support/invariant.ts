/**
 * The invariant of DESIGN §2 on a running house: what Postgres keeps as current equals the fold of its history and
 * equals what the API serves, at one published mark.
 *
 * Nothing may be fetched meanwhile, else the mark moves on; `quiet` sees to that.
 */
import assert from "node:assert/strict"
import { setTimeout as pause } from "node:timers/promises"
import { post } from "./client.ts"
import type { Address } from "./client.ts"
import { historyOf, millis, pricesText, readAt, readStored } from "./stored.ts"
import type { Stored, StoredRow } from "./stored.ts"

export interface Agreement {
  /** One sentence each; empty when everything agrees. */
  readonly faults: readonly string[]
  /** Markets compared with the API. */
  readonly markets: number
  readonly listings: number
  readonly historyRows: number
}

/** Stops all fetching and waits until everything known is stored; what stops it is itself stored in Postgres. */
export const quiet = async (api: Address): Promise<void> => {
  while (!(await marksOf(api)).reachable) await pause(100)
  await post(api, "mutation { pauseSchedule { errors { message } } }")
  for (;;) {
    const marks = await marksOf(api)
    if (marks.active === 0 && marks.drained === marks.last) return
    await pause(100)
  }
}

/** The end of a journey, by which everything has to agree; `where` as for `agreement`. */
export const assertAgreed = async (api: Address, where: string): Promise<void> => {
  await quiet(api)
  const { faults, markets } = await agreement(api, where)
  assert.deepStrictEqual(faults, [])
  assert.notStrictEqual(markets, 0)
}

/** Compares with the database of this folder, or at this address. */
export const agreement = (api: Address, where: string): Promise<Agreement> =>
  agreementWith(api, (reads) => (where.startsWith("postgres:") ? readAt(where, reads) : readStored(where, reads)))

/** Compares with what `read` reads; starts over when not all was stored before it, or when a record came in between. */
export const agreementWith = async (
  api: Address,
  read: (compare: (sql: Stored) => Promise<Agreement>) => Promise<Agreement>
): Promise<Agreement> => {
  for (;;) {
    const before = await marksOf(api)
    const found = await read((sql) => compare(api, sql))
    const after = await marksOf(api)
    if (before.drained === before.last && before.last === after.last) return found
  }
}

interface Marks {
  readonly last: string
  readonly drained: string
  readonly active: number
  readonly reachable: boolean
}

const marksOf = async (api: Address): Promise<Marks> => {
  const { system } = await post<{
    system: {
      journal: { last: string }
      storage: { drained: string; reachable: boolean }
      bookmakers: readonly { active: number }[]
    }
  }>(api, "{ system { journal { last } storage { drained reachable } bookmakers { active } } }")
  return {
    last: system.journal.last,
    drained: system.storage.drained,
    reachable: system.storage.reachable,
    active: system.bookmakers.reduce((sum, { active }) => sum + active, 0)
  }
}

const compare = async (api: Address, sql: Stored): Promise<Agreement> => {
  const history = await historyOf(sql)
  const stored = await listingsOf(sql)
  const faults = [...(await parked(sql)), ...(await unfolded(sql)), ...chainFaults(history)]
  let markets = 0
  for (const [event, listings] of Map.groupBy(stored, ({ event_id }) => event_id)) {
    const keys = [...new Set(listings.flatMap((listing) => listing.markets.map(({ market }) => market)))]
    const served = await servedBy(api, event, keys)
    const stored = listings[0]?.facts ?? "nothing"
    if (stored !== served.facts) faults.push(`${event} is stored as ${stored} and served as ${served.facts}`)
    for (const listing of listings) {
      markets += listing.markets.length
      faults.push(...differences(listing, served))
    }
    faults.push(...surplus(event, listings, served))
  }
  const open = new Set((await sql<{ id: string }[]>`select id from event where closed_at is null`).map(({ id }) => id))
  const shown = new Set(await servedEvents(api))
  for (const id of shown) if (!open.has(id)) faults.push(`${id} is served and not stored`)
  for (const id of open) if (!shown.has(id)) faults.push(`${id} is stored and not served`)
  return { faults, markets, listings: stored.length, historyRows: history.length }
}

/** No position twice, and no row that repeats the one before it. */
const chainFaults = (history: readonly StoredRow[]): readonly string[] => {
  const positions = new Set(history.map(({ epoch, seq, position }) => `${epoch}/${seq}/${position}`))
  const faults = positions.size === history.length ? [] : [`${history.length - positions.size} positions occur twice`]
  const last = new Map<string, string>()
  for (const { event, bookmaker, market, prices, seq } of history) {
    const key = `${event}/${bookmaker}/${market}`
    if (last.get(key) === prices) faults.push(`${key} has a row at ${seq} that repeats ${prices}`)
    last.set(key, prices)
  }
  return faults
}

const parked = async (sql: Stored): Promise<readonly string[]> => {
  const rows = await sql<{ reason: string }[]>`select reason from dead_letter`
  return rows.map(({ reason }) => `a row is parked: ${reason}`)
}

/**
 * Markets whose history does not end in what stands as current: in every column, or, where the current value was told
 * again after that row, in prices and states.
 */
const unfolded = async (sql: Stored): Promise<readonly string[]> => {
  const rows = await sql<{ key: string }[]>`
    with fold as (
      select distinct on (event_id, bookmaker_id, phase, market, line) * from market_history
      order by event_id, bookmaker_id, phase, market, line, epoch desc, seq desc, position desc
    ), f as (select * from fold where states <> '')
    select concat_ws('/', coalesce(f.event_id, c.event_id), coalesce(f.bookmaker_id, c.bookmaker_id),
      coalesce(f.market, c.market), coalesce(f.line, c.line)) as key
    from f full join market_current c on f.event_id = c.event_id and f.bookmaker_id = c.bookmaker_id and f.phase = c.phase
      and f.market = c.market and coalesce(f.line, -999.5) = coalesce(c.line, -999.5)
    where f.event_id is null or c.event_id is null or not case
      when (c.epoch, c.seq) > (f.epoch, f.seq)
        then (c.layout_id, c.milli, c.states, c.state) is not distinct from (f.layout_id, f.milli, f.states, f.state)
      else to_jsonb(c) = to_jsonb(f) - 'day' end`
  return rows.map(({ key }) => `${key} is not current as its history ends`)
}

interface StoredListing {
  readonly event_id: string
  /** Of the event, as `factsText` tells them. */
  readonly facts: string
  readonly bookmaker_id: string
  readonly state: string
  readonly bookmaker_state: string | null
  readonly markets: readonly StoredMarket[]
}

interface StoredMarket {
  readonly market: string
  readonly outcome_keys: readonly string[]
  readonly milli: readonly number[]
  readonly previous: readonly number[]
  readonly states: string
  readonly state: string
  readonly changed_at: number
}

/** Of the events that are still in memory. */
const listingsOf = async (sql: Stored): Promise<readonly StoredListing[]> => {
  const rows = await sql<(Omit<StoredListing, "facts"> & Facts & { readonly kickoff_ms: number })[]>`
  select l.event_id, e.home, e.away, ${millis(sql, "e.kickoff")} as kickoff_ms, jsonb_build_object('id', e.competition_id)
    as competition, l.bookmaker_id, l.state, b.state as bookmaker_state, coalesce(
    (select jsonb_agg(jsonb_build_object('market', c.market || coalesce('@' || trim_scale(c.line)::text, ''),
      'outcome_keys', k.outcome_keys, 'milli', c.milli, 'previous', c.previous, 'states', c.states, 'state', c.state,
      'changed_at', ${millis(sql, "c.changed_at")}))
    from market_current c join market_layout k on k.id = c.layout_id
    where c.event_id = l.event_id and c.bookmaker_id = l.bookmaker_id and c.phase = l.phase), '[]') as markets
  from event_listing l join event e on e.id = l.event_id join bookmaker b on b.id = l.bookmaker_id
  where e.closed_at is null`
  return rows.map((row) => ({
    ...row,
    facts: factsText({ ...row, kickoff: new Date(row.kickoff_ms).toISOString() })
  }))
}

interface Facts {
  readonly home: string
  readonly away: string
  readonly kickoff: string
  readonly competition: { readonly id: string }
}

const factsText = ({ away, competition, home, kickoff }: Facts): string =>
  `${home} - ${away} in ${competition.id} at ${kickoff}`

interface Served {
  readonly facts: string
  readonly listings: ReadonlyMap<string, string>
  /** Markets that each says it has, withdrawn ones left out. */
  readonly mapped: ReadonlyMap<string, number>
  /** By bookmaker and market. */
  readonly offers: ReadonlyMap<string, Offer>
}

interface Offer {
  readonly bookmakerId: string
  readonly marketKey: string
  readonly changedAt: string | null
  readonly outcomes: readonly {
    readonly outcome: string
    readonly milli: number | null
    readonly previousMilli: number | null
    readonly state: string
  }[]
}

const QUERY = `query ($id: ID!, $markets: [MarketKey!]) { event(id: $id) {
  home away kickoff competition { id }
  listings { state mappedCount bookmaker { id } }
  comparisons(markets: $markets, first: 150) {
    offers { bookmakerId marketKey changedAt outcomes { outcome milli previousMilli state } }
  }
} }`

interface Answer {
  readonly event: Facts & {
    readonly listings: readonly {
      readonly state: string
      readonly mappedCount: number
      readonly bookmaker: { readonly id: string }
    }[]
    readonly comparisons: readonly { readonly offers: readonly Offer[] }[]
  }
}

const MARKETS_AT_ONCE = 150

const servedBy = async (api: Address, id: string, keys: readonly string[]): Promise<Served> => {
  const listings = new Map<string, string>()
  const mapped = new Map<string, number>()
  const offers = new Map<string, Offer>()
  let facts = ""
  for (let from = 0; from === 0 || from < keys.length; from += MARKETS_AT_ONCE) {
    const markets = keys.slice(from, from + MARKETS_AT_ONCE)
    const { event } = await post<Answer>(api, QUERY, { id, markets })
    facts = factsText(event)
    for (const { state, bookmaker, mappedCount } of event.listings) {
      listings.set(bookmaker.id, state)
      mapped.set(bookmaker.id, mappedCount)
    }
    for (const offer of event.comparisons.flatMap((comparison) => comparison.offers)) {
      offers.set(`${offer.bookmakerId} ${offer.marketKey}`, offer)
    }
  }
  return { facts, listings, mapped, offers }
}

const differences = (
  { event_id, bookmaker_id, state, bookmaker_state, markets }: StoredListing,
  { listings, offers }: Served
): readonly string[] => {
  const standing = worse(bookmaker_state ?? "CONFIRMED", state)
  const faults = markets.flatMap((stored) => {
    const offer = offers.get(`${bookmaker_id} ${stored.market}`)
    const expected = storedText(stored, worse(standing, stored.state))
    const actual = offer === undefined ? "nothing" : offerText(offer)
    return expected === actual
      ? []
      : [`${event_id}/${bookmaker_id}/${stored.market} is stored as ${expected} and served as ${actual}`]
  })
  const served = listings.get(bookmaker_id)
  return served === standing
    ? faults
    : [...faults, `${event_id}/${bookmaker_id} is stored as ${standing} and served as ${served ?? "nothing"}`]
}

/** What is served of an event beyond what is stored: a listing, or more markets of one than it has. */
const surplus = (event: string, stored: readonly StoredListing[], { listings, mapped }: Served): readonly string[] => {
  const offered = new Map(
    stored.map(({ bookmaker_id, markets }) => [
      bookmaker_id,
      markets.filter(({ states }) => /[^W]/.test(states)).length
    ])
  )
  return [...listings.keys()].flatMap((id) =>
    (offered.get(id) ?? 0) === mapped.get(id)
      ? []
      : [`${event}/${id} is stored with ${offered.get(id) ?? 0} markets and served with ${mapped.get(id)}`]
  )
}

const servedEvents = async (api: Address): Promise<readonly string[]> => {
  const ids: string[] = []
  for (let after: string | null | undefined; after !== null;) {
    const { events }: Page = await post<Page>(api, EVENTS, { after })
    ids.push(...events.nodes.map(({ id }) => id))
    after = events.pageInfo.hasNextPage ? events.pageInfo.endCursor : null
  }
  return ids
}

const EVENTS = `query ($after: String) {
  events(first: 200, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
}`

interface Page {
  readonly events: {
    readonly nodes: readonly { readonly id: string }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

const storedText = ({ outcome_keys, milli, previous, states, changed_at }: StoredMarket, standing: string): string =>
  [
    pricesText(
      outcome_keys.map((outcome, i) => [
        `${outcome}:${previous[i] ?? 0}`,
        milli[i] ?? 0,
        worse(standing, OUTCOME_STATES[states[i] ?? ""] ?? "NEVER_OFFERED")
      ])
    ),
    new Date(changed_at).toISOString()
  ].join(" at ")

const offerText = ({ outcomes, changedAt }: Offer): string =>
  [
    pricesText(
      outcomes.map(({ outcome, milli, previousMilli, state }) => [
        `${outcome}:${previousMilli ?? 0}`,
        milli ?? 0,
        state
      ])
    ),
    new Date(changedAt ?? 0).toISOString()
  ].join(" at ")

const OUTCOME_STATES: Readonly<{ [letter: string]: string }> = {
  O: "CONFIRMED",
  S: "SUSPENDED",
  U: "STALE",
  W: "WITHDRAWN"
}

/** Best first, as the SDL orders them. */
const STATES = ["CONFIRMED", "STALE", "SUSPENDED", "UNMAPPED", "WITHDRAWN", "NEVER_OFFERED"]

const worse = (a: string, b: string): string => (STATES.indexOf(b) > STATES.indexOf(a) ? b : a)
