/**
 * Thirty and some breakages of safety code, by hand: what each breaks of which promise, and the test that must notice.
 *
 * A replacement has to fit exactly once; where the code has moved on, the run says so and the entry follows it.
 */
import type { Mutant } from "./Mutant.ts"

export interface HandListed extends Mutant {
  /** What is broken, and with it which promise. */
  readonly breaks: string
  readonly test: { readonly file: string; readonly name: string }
}

const books = (name: string) => ({ file: "test/odds/OddsBooks.test.ts", name })
const observing = (name: string) => ({ file: "test/odds/Observe.test.ts", name })
const stepping = (name: string) => ({ file: "test/odds/Step.test.ts", name })
const journal = (name: string) => ({ file: "test/journal/SqliteJournal.test.ts", name })
const writer = (name: string) => ({ file: "test/storage/Writer.test.ts", name })
const http = (name: string) => ({ file: "test/bookmakers/Http.test.ts", name })
const odds = (name: string) => ({ file: "test/graphql/subscriptions/oddsUpdated.test.ts", name })

export const HAND_LISTED: readonly HandListed[] = [
  {
    breaks: "Publishing waits for no commit: a subscriber sees what a kill takes away (1)",
    file: "src/odds/Publisher.ts",
    from: "const { first, last, durable } = yield* appended.committed",
    to: "const { first, last, durable } = { ...appended, durable: true }",
    test: books("shows nothing to readers or subscribers before the journal has committed it")
  },
  {
    breaks: "The head does not advance: the next snapshot is compared with the past (1)",
    file: "src/odds/OddsBooks.ts",
    from: "fold(head.table, change)",
    to: "void change",
    test: books("compares the next snapshot with what it has numbered, not with what is published")
  },
  {
    breaks: "A gap in the journal is not told: clients think they have everything (3)",
    file: "src/odds/Publisher.ts",
    from: "const before = durable ? yield* gap(first) : []",
    to: "const before: readonly NumberedRecord[] = []",
    test: books("tells what a broken disk could not keep again, whole, once the gap is closed")
  },
  {
    breaks: "No base after a gap: the history never hears what it missed (1)",
    file: "src/odds/Publisher.ts",
    from: "if (!durable) undurable.note(changes)",
    to: "",
    test: books("tells what a broken disk could not keep again, whole, once the gap is closed")
  },
  {
    breaks: "A number is given twice (1)",
    file: "src/journal/commit/Committing.ts",
    from: "first: lastGiven + 1, last: lastGiven + encoded.records.length",
    to: "first: lastGiven, last: lastGiven + encoded.records.length",
    test: journal("numbers entries in call order without a hole")
  },
  {
    breaks: "Numbers of a reserved block are given again after a kill (1)",
    file: "src/journal/commit/Committing.ts",
    from: "let lastGiven = foundReserved",
    to: "let lastGiven = first.opened.last",
    test: journal("loses nothing acknowledged and never reuses a number when its process is killed")
  },
  {
    breaks: "Records are released before Postgres has them (1)",
    file: "src/journal/commit/Retention.ts",
    from: "while (gone < keep && (segments[gone]?.last ?? Infinity) <= released) gone += 1",
    to: "while (gone < keep) gone += 1",
    test: journal("keeps what Postgres has for 120 s and what it does not have for ever")
  },
  {
    breaks: "The journal takes more than it may hold in flight (5: what follows the diff waits)",
    file: "src/journal/commit/Committing.ts",
    from: "while (!backlog.hasRoomFor(encoded)) {",
    to: "while (false) {",
    test: journal("holds appends back at 1,000 records in flight and takes them all in the end")
  },
  {
    breaks: "What no disk holds is told as durable (1)",
    file: "src/journal/commit/Committing.ts",
    from: "Effect.sync(() => settle(units, false))\n        )",
    to: "Effect.sync(() => settle(units, true))\n        )",
    test: journal("shows changes as not durable while the disk refuses them, and then names the gap")
  },
  {
    breaks: "A damaged journal is believed (1)",
    file: "src/journal/file/JournalFile.ts",
    from: "  checkAll(database, facts)\n",
    to: "",
    test: journal("sets a damaged file aside and begins a new epoch")
  },
  {
    breaks: "A new journal takes the epoch of the damaged one: its numbers come twice (3)",
    file: "src/journal/file/JournalFile.ts",
    from: "Math.max(now, epochOf(path) + 1)",
    to: "now",
    test: journal("begins a later epoch than the damaged file's, also when the clock went back")
  },
  {
    breaks: "A commit returns before it is on disk (1)",
    file: "src/journal/file/Opening.ts",
    from: "pragma synchronous = full",
    to: "pragma synchronous = off",
    test: { file: "test/journal/file/Opening.test.ts", name: "is on disk when a commit returns" }
  },
  {
    breaks: "The drain mark stays: a batch whose answer was lost is stored twice (1)",
    file: "src/storage/writing/StoreBatch.ts",
    from: "Effect.andThen(advance(sql, epoch, from, to, owner), store(sql))",
    to: "store(sql)",
    test: writer("goes on where the mark stands after a restart, and stores nothing twice")
  },
  {
    breaks: "Whoever finds the mark moved goes on all the same (1)",
    file: "src/storage/tables/DrainMark.ts",
    from: "if (moved.count === 0) return yield* new MarkMoved()",
    to: "",
    test: writer("settles a commit whose answer was lost by reading the mark")
  },
  {
    breaks: "A line of nothing is a new line each time: a market has many newest values (1)",
    file: "schema/postgres/0002_markets.sql",
    from: "unique nulls not distinct (event_id, bookmaker_id, phase, market, line)",
    to: "unique (event_id, bookmaker_id, phase, market, line)",
    test: {
      file: "test/storage/writing/Newest.test.ts",
      name: "are one per market, also of a market without a line, however often it changes"
    }
  },
  {
    breaks: "An older record overwrites a newer value (2)",
    file: "src/storage/writing/StoreMarkets.ts",
    from: "    where (market_current.epoch, market_current.seq, market_current.position) < (excluded.epoch, excluded.seq, excluded.position)`\n  )\n})\n\n/** Records of one time",
    to: "    where true`\n  )\n})\n\n/** Records of one time",
    test: writer("puts a dead letter back once and never over a newer value")
  },
  {
    breaks: "A dead letter is put back as often as asked (1)",
    file: "src/storage/tables/DeadLetters.ts",
    from: "if (stored) yield* statement(() => sql`delete from dead_letter where id = ${id}`)",
    to: "",
    test: {
      file: "test/storage/writing/Newest.test.ts",
      name: "are put back once from what was parked: asked again there is nothing left"
    }
  },
  {
    breaks: "A row that Postgres refuses is gone instead of parked (1)",
    file: "src/storage/writing/StoreBatch.ts",
    from: "    yield* park(sql, piece, refused)\n",
    to: "",
    test: writer("parks the one row that Postgres refuses and stores its neighbours, in order")
  },
  {
    breaks: "A wrong schema parks everything (4)",
    file: "src/storage/writing/StoreBatch.ts",
    from: "if (parked > MOST_PARKED) return yield* tooMany(refused)",
    to: "",
    test: writer("holds and parks nothing when a whole batch is refused")
  },
  {
    breaks: "What nobody knows is taken for the row's fault: good rows are parked (1)",
    file: "src/storage/connection/Statement.ts",
    from: "/^22[0-9A-Z]{3}$/.test(sqlstate)",
    to: 'sqlstate !== ""',
    test: {
      file: "test/storage/connection/Classify.test.ts",
      name: "may pass when it is"
    }
  },
  {
    breaks: "A migration changed afterwards is not noticed (1)",
    file: "src/storage/connection/Migrations.ts",
    from: "} else if (applied.checksum !== checksum) {",
    to: '} else if (applied.checksum === "") {',
    test: { file: "test/storage/Database.test.ts", name: "refuses a migration that was changed after it was applied" }
  },
  {
    breaks: "A partial snapshot withdraws what it does not speak of (2)",
    file: "src/odds/Change.ts",
    from: 'if (snapshot.scope !== "FULL" && !snapshot.scope.has(market.type.key)) return undefined',
    to: "",
    test: observing("withdraws nothing outside the scope of a partial snapshot")
  },
  {
    breaks: "A broken page confirms what it does not show (2)",
    file: "src/odds/Observe.ts",
    from: "confirms: !suspicious }",
    to: "confirms: true }",
    test: observing("withdraws nothing when more than half of the markets vanish, until that is seen twice")
  },
  {
    breaks: "A broken page withdraws what it does not show (2)",
    file: "src/odds/Observe.ts",
    from: "difference(before ?? NOTHING, snapshot, !suspicious)",
    to: "difference(before ?? NOTHING, snapshot, true)",
    test: observing("withdraws nothing when more than half of the markets vanish, until that is seen twice")
  },
  {
    breaks: "A rejected market counts as seen (2)",
    file: "src/odds/Change.ts",
    from: "const absent = rejected ? UNREADABLE : absence(snapshot, market, withdraws)",
    to: "const absent = rejected ? undefined : absence(snapshot, market, withdraws)",
    test: observing("neither confirms nor withdraws a rejected market: it goes stale")
  },
  {
    breaks: "After kickoff the prematch listing is written on (2)",
    file: "src/odds/Step.ts",
    from: "if (event === undefined || event.facts.kickoff <= snapshot.observedAt) return []",
    to: "if (event === undefined) return []",
    test: stepping("closes a listing once, and nothing seen afterwards opens or withdraws it")
  },
  {
    breaks: "A bookmaker that returns is fresh at once, with odds nobody has seen since (2)",
    file: "src/odds/Step.ts",
    from: "  return [...listings, told]",
    to: "  return [told]",
    test: stepping("returns with its unseen listings stale, saying why, and each comes back when it is seen")
  },
  {
    breaks: "Retry-After is believed whatever it says (5)",
    file: "src/bookmakers/http/RetryAfter.ts",
    from: "Math.min(LONGEST, Math.max(SHORTEST, waitOf(",
    to: "Math.min(Infinity, Math.max(-Infinity, waitOf(",
    test: http("within 1 s and 15 min")
  },
  {
    breaks: "A small body may become any size (4)",
    file: "src/bookmakers/http/Inflate.ts",
    from: "decompress(wire, { maxOutputLength: most,",
    to: "decompress(wire, { maxOutputLength: 2 ** 30,",
    test: http("bomb is TooLarge")
  },
  {
    breaks: "The breaker never opens (5)",
    file: "src/scraping/politeness/Breaker.ts",
    from: "return inARow >= FAILURES_IN_A_ROW || mostlyBad(recent)",
    to: "return inARow < 0",
    test: { file: "test/scraping/politeness/Breaker.test.ts", name: "opens at the fifth failure in a row" }
  },
  {
    breaks: "A throttled bookmaker is asked before its time (5)",
    file: "src/scraping/politeness/Throttle.ts",
    from: "while (line.length > 0 && now() >= slowing.until && active",
    to: "while (line.length > 0 && active",
    test: { file: "test/scraping/politeness/Throttle.test.ts", name: "lets nothing through before the announced time" }
  },
  {
    breaks: "Retries are paid by nobody (5)",
    file: "src/scraping/politeness/Retry.ts",
    from: "if (saved < 1) return false",
    to: "",
    test: {
      file: "test/scraping/politeness/Retry.test.ts",
      name: "keeps all attempts within one and a half times what was scheduled, rounded up"
    }
  },
  {
    breaks: "Any web page may use the API (R25)",
    file: "src/access/Access.ts",
    from: "(origin === undefined || origins.has(origin) || isOwnOrigin(origin, host))",
    to: "true",
    test: {
      file: "test/access/Access.test.ts",
      name: "a page under another name is not let in, also when its name leads here"
    }
  },
  {
    breaks: "Any web page may open a socket (R25)",
    file: "src/graphql/WebSocket.ts",
    from: 'if (!access.mayCome(request.headers.host, request.headers.origin)) return refuse("403 Forbidden")',
    to: "",
    test: {
      file: "test/graphql/subscriptions/WebSocket.test.ts",
      name: "refuses a page of another origin, and one that pretends to be ours by its beginning"
    }
  },
  {
    breaks: "A cursor of another journal is taken for one of this (3)",
    file: "src/graphql/subscriptions/Resume.ts",
    from: "if (cursor.epoch !== mark.epoch) return",
    to: "if (cursor.epoch < 0) return",
    test: odds("answers every cursor it cannot go on from with one snapshot and the reason")
  },
  {
    breaks: "The last record before a client joined is left out of its replay (3)",
    file: "src/graphql/subscriptions/oddsUpdated.ts",
    from: "record.seq <= mark.seq",
    to: "record.seq < mark.seq",
    test: odds("goes on exactly where a cursor was given, and says so")
  },
  {
    breaks: "A reader that has stopped is kept for ever (4)",
    file: "src/broadcast/Outbox.ts",
    from: "return this.cut(now)",
    to: "return undefined",
    test: {
      file: "test/broadcast/Floor.test.ts",
      name: "are closed with 4290 within twelve seconds, and destroyed a second later"
    }
  },
  {
    breaks: "A newer message merges onto the one being handled, and is dropped with it (1)",
    file: "src/actor/Line.ts",
    from: "      unlist(message)\n      held = true",
    to: "      held = true",
    test: {
      file: "test/actor/Mailbox.test.ts",
      name: "never merges onto the message its actor holds, so that dropping it loses nothing newer"
    }
  },
  {
    breaks: "An actor restarts for ever, and nobody is told (4)",
    file: "src/actor/Supervisor.ts",
    from: "if (recent.length >= RESTARTS_IN_WINDOW) {",
    to: "if (recent.length < 0) {",
    test: { file: "test/actor/Supervisor.test.ts", name: "and then gives up" }
  },
  {
    breaks: "A difference between books and history is told of nobody's (2)",
    file: "src/invariant/Agreement.ts",
    from: "return left === right ? undefined",
    to: 'return left !== "" ? undefined',
    test: { file: "test/invariant/Invariant.test.ts", name: "tells a newest value that is gone with both sides" }
  }
]
