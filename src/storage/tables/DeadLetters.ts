/**
 * Rows that Postgres refused for what they are: parked with the reason, put back on request.
 *
 * Each is put back at most once, and never over a newer value: it is written like any other row, under its old
 * number, in the transaction that takes it out of here.
 */
import { Effect } from "effect"
import type { CadenceTier } from "../../domain/Freshness.ts"
import type { Position } from "../../domain/Record.ts"
import { decode, encode } from "../../journal/RecordCodec.ts"
import type { Database } from "../Database.ts"
import type { Rows } from "../writing/Rows.ts"
import { byInsert } from "../writing/HistoryWay.ts"
import type { MarketLayouts } from "./MarketLayouts.ts"
import { statement } from "../connection/Statement.ts"
import type { RowRefused, Transaction } from "../connection/Statement.ts"
import { storeRows } from "../writing/StoreRows.ts"
import { transaction } from "../connection/Transaction.ts"
import type { Piece } from "../writing/Pieces.ts"
import { rowsOf } from "../writing/WriteBatch.ts"

export const park = (sql: Transaction, { epoch, seq, position, record }: Piece, { sqlstate, message }: RowRefused) =>
  statement(
    () => sql`
    insert into dead_letter (epoch, seq, position, sqlstate, reason, payload)
    values (${epoch}, ${seq}, ${position}, ${sqlstate}, ${message}, ${Buffer.from(encode(record))})`
  )

export const countParked = Effect.fnUntraced(function* (database: Database["Service"]) {
  const [all] = yield* database.query((sql) => sql<{ count: number }[]>`select count(*) from dead_letter`)
  return all?.count ?? 0
})

/** Those behind this id, and how many there are. */
export const parked = Effect.fn("Storage.deadLetters")(function* (
  database: Database["Service"],
  first: number,
  after: number
) {
  const rows = yield* database.query(
    (sql) => sql<ParkedRow[]>`
    select id, epoch, seq, payload, sqlstate, reason, first_seen, tries from dead_letter
    where id > ${after}::bigint order by id limit ${first + 1}`
  )
  return {
    nodes: rows
      .slice(0, first)
      .map(({ first_seen, payload, ...row }) => ({ ...row, record: decode(payload), firstSeen: first_seen })),
    hasNextPage: rows.length > first,
    totalCount: yield* countParked(database)
  }
})

interface ParkedRow extends Position {
  readonly id: number
  readonly payload: Uint8Array
  readonly sqlstate: string
  readonly reason: string
  readonly first_seen: number
  readonly tries: number
}

export const replay = Effect.fn("Storage.replayDeadLetters")(function* (
  database: Database["Service"],
  layouts: MarketLayouts,
  tiers: readonly CadenceTier[],
  wanted: readonly string[] | undefined
) {
  const ids = yield* database.query(
    (sql) => sql<{ id: number }[]>`
    select id from dead_letter where ${wanted === undefined} or id = any(${numbers(wanted)}::text[]::bigint[]) order by epoch, seq, position`
  )
  let replayed = 0
  for (const { id } of ids) {
    if (yield* replayOne(database, layouts, tiers, id)) replayed += 1
  }
  const parked = new Set(ids.map(({ id }) => String(id)))
  return {
    replayed,
    stillParked: yield* countParked(database),
    unknown: (wanted ?? []).filter((id) => !parked.has(id))
  }
})

interface DeadLetter {
  readonly epoch: number
  readonly seq: number
  readonly position: number
  readonly payload: Uint8Array
}

const replayOne = Effect.fnUntraced(function* (
  database: Database["Service"],
  layouts: MarketLayouts,
  tiers: readonly CadenceTier[],
  id: number
) {
  return yield* database.transaction((sql) =>
    Effect.gen(function* () {
      // Skips what a replay at the same time has in hand.
      const [letter] = yield* statement(
        () => sql<DeadLetter[]>`
        select epoch, seq, position, payload from dead_letter where id = ${id} for update skip locked`
      )
      if (letter === undefined) return false
      const { payload, ...place } = letter
      const rows: Rows = rowsOf([{ ...place, record: decode(payload) }], tiers)
      yield* layouts.know([...rows.markets, ...rows.rebased].map((row) => row.layout))
      const stored = yield* transaction(
        (body) => sql.savepoint(body),
        (inner) => Effect.andThen(storeRows(inner, rows, byInsert(layouts), layouts), dropEnded(inner, place, rows))
      ).pipe(
        Effect.as(true),
        Effect.catchTag("RowRefused", ({ message }) =>
          Effect.as(
            statement(() => sql`update dead_letter set tries = tries + 1, reason = ${message} where id = ${id}`),
            false
          )
        )
      )
      if (stored) yield* statement(() => sql`delete from dead_letter where id = ${id}`)
      return stored
    })
  )
})

/**
 * What was put back of a market that has ended since is history and nothing more. Where its event has left since, that
 * was its end, which could not be told of a market that was not there.
 */
const dropEnded = Effect.fnUntraced(function* (sql: Transaction, { epoch, seq }: Position, { markets, rebased }: Rows) {
  const events = [...markets, ...rebased].map(({ event_id }) => event_id)
  yield* statement(
    () => sql`
    delete from market_current c using market_history h
    where c.event_id = any(${events}::text[]) and c.epoch = ${epoch} and c.seq = ${seq} and h.event_id = c.event_id
      and h.bookmaker_id = c.bookmaker_id and h.phase = c.phase and h.market = c.market
      and h.line is not distinct from c.line and h.states = '' and (h.epoch, h.seq) > (c.epoch, c.seq)`
  )
  yield* statement(
    () => sql`
    with closing as (
      select distinct on (event_id) * from event_history
      where event_id = any(${events}::text[]) and closed_at is not null and (epoch, seq) > (${epoch}, ${seq})
      order by event_id, epoch, seq
    ), ended as (
      delete from market_current c using closing
      where c.event_id = closing.event_id and c.epoch = ${epoch} and c.seq = ${seq}
      returning c.event_id, c.bookmaker_id, c.phase, c.market, c.line, c.layout_id, closing.day, closing.epoch,
        closing.seq, closing.at
    )
    insert into market_history (day, epoch, seq, position, at, event_id, bookmaker_id, phase, market, line, layout_id, milli,
      previous, states, state, since, changed_at)
    select day, epoch, seq, row_number() over () + (
        select coalesce(max(position), -1) from market_history h
        where h.day = ended.day and h.epoch = ended.epoch and h.seq = ended.seq),
      at, event_id, bookmaker_id, phase, market, line, layout_id, '{}', '{}', '', 'WITHDRAWN', at, at from ended`
  )
})

const numbers = (ids: readonly string[] | undefined): string[] => (ids ?? []).filter((id) => /^[1-9]\d{0,17}$/.test(id))
