/**
 * `changesSince` and `cacheDigest`: the stream of changes for those who poll, and the proof that a fold is right.
 *
 * All that changed since a cursor is one DELTA to the published mark, however long ago that was; where the journal
 * cannot say any more, it is one SNAPSHOT with its reason. The parts are those of `oddsUpdated`.
 */
import { Clock, Effect } from "effect"
import { hasChanges, makePending, note } from "../../broadcast/Pending.ts"
import type { Pending } from "../../broadcast/Pending.ts"
import { Bookmakers } from "../../domain/Bookmaker.ts"
import { Journal } from "../../journal/Journal.ts"
import { PublishedBoard } from "../../odds/PublishedBoard.ts"
import { sizeOf } from "../arguments/Arguments.ts"
import type { Maybe } from "../arguments/Arguments.ts"
import { formatCursor } from "../arguments/Cursor.ts"
import { digestFor } from "../reading/Digest.ts"
import { makeMoment } from "../reading/Moment.ts"
import { ApiError } from "../Errors.ts"
import { MOST_OUTCOMES, readFilter, tooWide } from "../arguments/Filter.ts"
import type { OddsFilter, OddsFilterInput } from "../arguments/Filter.ts"
import type { GraphQLContext } from "../Runtime.ts"
import { readUnits } from "../subscriptions/Contents.ts"
import type { OddsMessageParent, SnapshotReason } from "../subscriptions/OddsMessage.ts"
import { standingOf } from "../subscriptions/Resume.ts"
import { bookmakersOf, unitsOf, wholeEvent } from "../subscriptions/Units.ts"
import type { Scene, Unit } from "../subscriptions/Units.ts"

interface ChangesArgs {
  readonly cursor: string
  readonly filter?: Maybe<OddsFilterInput>
  readonly first: number
}

export const changesSince = Effect.fnUntraced(function* (args: ChangesArgs, { viewNow }: GraphQLContext) {
  const most = yield* sizeOf(args.first, 500)
  const board = yield* PublishedBoard
  const journal = yield* Journal
  const filter = yield* readWanted(args.filter)
  const serverTime = yield* Clock.currentTimeMillis
  const standing = standingOf(args.cursor, filter, board.mark(), yield* journal.floor)
  const pending = makePending()
  let reached = standing._tag === "Lost" ? undefined : standing.at.confirmedTo
  while (reached !== undefined && reached < board.mark().seq) reached = yield* noteBatch(reached, filter, pending)
  // From the last look at the mark to the end nothing may wait: what is read has to be what the cursor says.
  const gone = board.durable() ? "TOO_OLD" : "GAP"
  const lost =
    standing._tag === "Lost" ? standing.reason : reached === undefined ? gone : pending.gap ? "GAP" : undefined
  const scene: Scene = { board, moment: makeMoment(board, viewNow()), filter }
  const message =
    lost === undefined ? delta(scene, pending, args.cursor, serverTime) : snapshot(scene, lost, serverTime)
  const messages = message === undefined ? [] : [message]
  return messages.length <= most
    ? { messages, cursor: formatCursor(board.mark(), filter.part), hasMore: false }
    : { messages: [], cursor: args.cursor, hasMore: true }
})

export const cacheDigest = Effect.fnUntraced(function* (
  args: { readonly filter?: Maybe<OddsFilterInput> },
  { view }: GraphQLContext
) {
  return digestFor(yield* PublishedBoard, view, yield* readWanted(args.filter))
})

const readWanted = Effect.fnUntraced(function* (input: Maybe<OddsFilterInput>) {
  const board = yield* PublishedBoard
  const { all } = yield* Bookmakers
  const filter = yield* Effect.fromResult(readFilter(input, all))
  return tooWide(filter, board.events(), all.length)
    ? yield* Effect.fail(
        new ApiError({
          code: "FILTER_TOO_WIDE",
          message: `This filter means over ${MOST_OUTCOMES} outcomes: name events, competitions or fewer markets.`
        })
      )
    : filter
})

const BATCH = 1_000

/** Notes the next records behind `seq` that are published; answers how far it came, or nothing when they are gone. */
const noteBatch = (seq: number, filter: OddsFilter, pending: Pending) =>
  Effect.gen(function* () {
    const records = yield* (yield* Journal).read(seq, BATCH)
    const mark = (yield* PublishedBoard).mark().seq
    for (const record of records) if (record.seq <= mark) note(pending, filter, record)
    const last = records.at(-1)?.seq
    // What was told while the disk was unusable is published and in no journal.
    return last === undefined && seq < mark ? undefined : Math.min(last ?? mark, mark)
  }).pipe(Effect.catchTag("JournalFault", () => Effect.succeed(undefined)))

const delta = (
  scene: Scene,
  pending: Pending,
  previousCursor: string,
  serverTime: number
): OddsMessageParent | undefined => {
  if (!hasChanges(pending) && pending.confirmations.size === 0) return undefined
  const kind = hasChanges(pending) ? "DELTA" : "CONFIRMED"
  return {
    ...read(scene, unitsOf(scene, pending), serverTime),
    kind,
    reason: null,
    previousCursor,
    durable: scene.board.durable()
  }
}

const snapshot = (scene: Scene, reason: SnapshotReason, serverTime: number): OddsMessageParent => {
  const bookmakers: readonly Unit[] = bookmakersOf(scene.moment.view, scene.filter).map((bookmaker) => ({
    kind: "BOOKMAKER",
    bookmaker
  }))
  const events = scene.board.events().filter(({ facts }) => scene.filter.event(facts))
  const units = [...bookmakers, ...events.flatMap(({ facts }) => wholeEvent(scene, facts.id))]
  return {
    ...read(scene, units, serverTime),
    kind: "SNAPSHOT",
    reason,
    previousCursor: null,
    durable: scene.board.durable()
  }
}

const read = (scene: Scene, units: readonly Unit[], serverTime: number) => ({
  ...readUnits(scene, units),
  page: 0,
  lastPage: true,
  cursor: formatCursor(scene.board.mark(), scene.filter.part),
  serverTime
})
