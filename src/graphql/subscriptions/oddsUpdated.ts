/**
 * `oddsUpdated`: first where the client stands, then every change of its filter, shared by all who ask alike.
 *
 * Joining comes before anything that waits: what is published meanwhile is noted, so between the journal's
 * replay and the live path nothing can be missed.
 */
import { Clock, Effect, Option, Result } from "effect"
import type { GraphQLResolveInfo } from "graphql"
import { Kind } from "graphql"
import { Hub } from "../../broadcast/Hub.ts"
import type { Joined, Joining } from "../../broadcast/Hub.ts"
import { Bookmakers } from "../../domain/Bookmaker.ts"
import type { Position } from "../../domain/Record.ts"
import { Journal, JournalFault } from "../../journal/Journal.ts"
import { PublishedBoard } from "../../odds/PublishedBoard.ts"
import { formatCursor } from "../arguments/Cursor.ts"
import { ApiError, badInput } from "../Errors.ts"
import { MOST_OUTCOMES, readFilter, tooWide } from "../arguments/Filter.ts"
import type { OddsFilter, OddsFilterInput } from "../arguments/Filter.ts"
import type { GraphQLContext, SharedContext } from "../Runtime.ts"
import { makeMessages } from "./Messages.ts"
import type { Messages, Sources } from "./Messages.ts"
import type { SocketOperation } from "./Operation.ts"
import { makeRender } from "./Render.ts"
import { standingOf } from "./Resume.ts"
import { makeSilence } from "./Silence.ts"
import { overSocket } from "./Source.ts"

export interface OddsUpdatedArgs {
  readonly filter?: OddsFilterInput | null
  readonly after?: string | null
  readonly conflateMs: number
  readonly snapshot: boolean
}

export const oddsUpdated = Effect.fnUntraced(function* (
  args: OddsUpdatedArgs,
  context: GraphQLContext,
  info: GraphQLResolveInfo
) {
  const operation = yield* overSocket(context.operation)
  const board = yield* PublishedBoard
  const hub = yield* Hub
  const clock = yield* Clock.Clock
  const filter = yield* admit(args)
  const render = makeRender(operation, info.fieldName)
  if (Result.isFailure(render))
    return yield* Effect.fail(badInput(render.failure.map(({ message }) => message).join(" ")))

  const down = hub.down()
  if (down !== undefined) return yield* Effect.fail(down)
  const messages = makeMessages(sourcesOf(board, operation.context, clock), filter, render.success)
  const mark = board.mark()
  const { joined, silence } = joinSilently(hub, {
    key: groupKey(operation, info),
    membership: () => ({ interest: filter, conflateMs: args.conflateMs, renderer: messages }),
    outbox: operation.outbox,
    id: operation.id,
    mark
  })
  yield* open(args, { joined, messages, filter, mark }).pipe(Effect.onError(() => Effect.sync(joined.leave)))
  return silence
})

// Two functions of their own, because what is made here outlives the joining, and a closure keeps all of its surroundings:
// a group must not hold its first client's socket, nor each of thousands of clients a filter and a renderer.
const sourcesOf = (board: PublishedBoard["Service"], contextOf: () => SharedContext, clock: Clock.Clock): Sources => ({
  board,
  moment: () => contextOf().moment,
  now: () => clock.currentTimeMillisUnsafe()
})

const joinSilently = (hub: Hub["Service"], joining: Omit<Joining, "end">) => {
  const silence = makeSilence(() => joined.leave())
  const joined = hub.join({ ...joining, end: silence.end })
  return { joined, silence }
}

const admit = Effect.fnUntraced(function* ({ filter: input, conflateMs }: OddsUpdatedArgs) {
  const board = yield* PublishedBoard
  const { all } = yield* Bookmakers
  if (conflateMs < 0 || conflateMs > 60_000) {
    return yield* Effect.fail(badInput(`conflateMs is ${conflateMs}; it must be between 0 and 60000.`))
  }
  const filter = yield* Effect.fromResult(readFilter(input, all))
  return tooWide(filter, board.events(), all.length) ? yield* Effect.fail(TOO_WIDE) : filter
})

const TOO_WIDE = new ApiError({
  code: "FILTER_TOO_WIDE",
  message: `A snapshot of this filter would hold over ${MOST_OUTCOMES} outcomes: name events, competitions or fewer markets.`
})

/** Same document, operation, variables but the cursor, and role: the same bytes. */
const groupKey = (
  { query, operationName, variables, context }: SocketOperation,
  { fieldNodes }: GraphQLResolveInfo
): string => {
  const after = fieldNodes[0]?.arguments?.find(({ name }) => name.value === "after")?.value
  const cursor = after?.kind === Kind.VARIABLE ? after.name.value : undefined
  const shared = Object.entries(variables)
    .filter(([name]) => name !== cursor)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([context().caller.role, operationName, shared, query])
}

interface Newcomer {
  readonly joined: Joined
  readonly messages: Messages
  readonly filter: OddsFilter
  /** Published when it joined; what follows is noted already. */
  readonly mark: Position
}

const open = Effect.fnUntraced(function* ({ after, snapshot }: OddsUpdatedArgs, newcomer: Newcomer) {
  const { joined, messages, filter, mark } = newcomer
  if (after === undefined || after === null) {
    const now = { ...mark, confirmedTo: mark.seq }
    return joined.open(snapshot ? joined.snapshot("FIRST") : messages.resumed(formatCursor(mark, filter.part), now))
  }
  const standing = standingOf(after, filter, mark, yield* (yield* Journal).floor)
  if (standing._tag === "Lost") return joined.open(joined.snapshot(standing.reason))
  const replayed = yield* replay(newcomer, standing.at.confirmedTo).pipe(
    Effect.timeoutOption(REPLAY_DEADLINE),
    Effect.result
  )
  const whole = Result.isSuccess(replayed) && Option.isSome(replayed.success)
  const lost = (yield* PublishedBoard).durable() ? "TOO_OLD" : "GAP"
  joined.open(whole ? messages.resumed(after, standing.at) : joined.snapshot(lost))
})

const REPLAY_DEADLINE = "5 seconds"
const REPLAY_BATCH = 1_000

/** Notes what the journal has in (after, mark]. Fails when it does not have all of it. */
const replay = Effect.fnUntraced(function* ({ joined, mark }: Newcomer, after: number) {
  const journal = yield* Journal
  let seq = after
  while (seq < mark.seq) {
    const records = yield* journal.read(seq, REPLAY_BATCH)
    const last = records.at(-1)
    // What was told while the disk was unusable is published and in no journal.
    if (last === undefined) return yield* new JournalFault({ message: `The journal ends at ${seq}, before the mark.` })
    joined.replay(records.filter((record) => record.seq <= mark.seq))
    seq = last.seq
  }
})
