/**
 * Tells Postgres again what memory knows, once it has been found emptied or to be an older copy.
 *
 * Storage notices and stores; `odds` has the books. Neither may ask the other, so they are brought together here, and
 * the incident lasts until what is missing has been made up for.
 */
import { Clock, Effect } from "effect"
import { Bookmakers } from "./domain/Bookmaker.ts"
import type { MarketState, Record } from "./domain/Record.ts"
import { Incidents } from "./observability/Incidents.ts"
import { PublishedBoard } from "./odds/PublishedBoard.ts"
import type { PublishedEvent } from "./odds/PublishedBoard.ts"
import { marketAt } from "./odds/Reading.ts"
import { Writer } from "./storage/Writer.ts"
import type { Loss } from "./storage/Writer.ts"

export const restoration = Effect.gen(function* () {
  const writer = yield* Writer
  const board = yield* PublishedBoard
  const incidents = yield* Incidents
  const { all } = yield* Bookmakers
  const restore = Effect.gen(function* () {
    const loss = yield* writer.lost
    yield* incidents.open({ ...SUBJECT, cause: sentence(loss), touched: ["history", "runs"] })
    const at = yield* Clock.currentTimeMillis
    const { seq } = board.mark()
    const bookmakers = all.map(({ id }): Record => ({
      kind: "BOOKMAKER",
      at,
      bookmakerId: id,
      ...board.bookmaker(id).standing
    }))
    const events = board.events()
    yield* writer.restore(loss, seq, () => told(bookmakers, events, at))
    yield* incidents.close(SUBJECT.kind, SUBJECT.subject)
    yield* Effect.logInfo("Postgres has the newest values again")
  })
  yield* Effect.forkScoped(Effect.forever(restore))
})

const SUBJECT = { kind: "gap", subject: "postgres" } as const

const sentence = ({ from, to }: Loss): string =>
  to < from
    ? "Postgres was emptied; history is written again from the journal, runs and settings' past are gone."
    : `Postgres was emptied or is an older copy: the changes ${from} to ${to} are in no journal any more and missing in history.`

/** Made one by one while they are stored: a whole board of values is too much at once. */
function* told(bookmakers: readonly Record[], events: readonly PublishedEvent[], at: number): Iterable<Record> {
  yield* bookmakers
  for (const { books, facts } of events) {
    yield { kind: "EVENT", at, eventId: facts.id, before: undefined, after: facts }
    for (const book of books.values()) {
      const { bookmakerId, listing, phase } = book
      const markets = book.shape.slots.flatMap((_, slot): MarketState[] => {
        const market = marketAt(book, slot)
        return market === undefined ? [] : [market]
      })
      yield { kind: "BASE", at, event: facts, bookmakerId, phase, listing, markets }
    }
  }
}
