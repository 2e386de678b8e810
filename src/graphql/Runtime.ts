/**
 * The bridge from GraphQL's promises to Effect, and what every resolver is handed.
 *
 * Besides `main.ts` this is the only place where effects are run. Root fields are effects with a deadline; leaf
 * fields are plain functions of their parents, because an effect per field would cost ten times the field.
 */
import { Cause, Clock, Context, Effect, Exit, Fiber, Layer, SubscriptionRef } from "effect"
import type { GraphQLError, GraphQLObjectType } from "graphql"
import type { Access, Caller } from "../access/Access.ts"
import { Supervisor } from "../actor/Supervisor.ts"
import { Hub } from "../broadcast/Hub.ts"
import { Bookmakers } from "../domain/Bookmaker.ts"
import { RunStore } from "../domain/Run.ts"
import { LiveSettings } from "../domain/Settings.ts"
import { Journal } from "../journal/Journal.ts"
import { Incidents } from "../observability/Incidents.ts"
import { PublishedBoard } from "../odds/PublishedBoard.ts"
import { Scraping } from "../scraping/Scraping.ts"
import { History } from "../storage/History.ts"
import { Connections } from "./Connections.ts"
import { ApiError, graphqlError, presentError, toApiError } from "./Errors.ts"
import { makeMoments } from "./reading/Moment.ts"
import type { Moment } from "./reading/Moment.ts"
import type { View } from "./reading/Parents.ts"
import { viewOf } from "./reading/View.ts"
import type { SocketOperation } from "./subscriptions/Operation.ts"

/** What root fields may ask for. */
export type ApiServices =
  | Access
  | PublishedBoard
  | Bookmakers
  | LiveSettings
  | RunStore
  | History
  | Scraping
  | Journal
  | Supervisor
  | Connections
  | Hub
  | Incidents

/** What every resolver is handed; one per operation, or per flush of a subscription. */
export interface GraphQLContext {
  readonly caller: Caller
  /** Names this operation in error messages and in the log. */
  readonly requestId: string
  /** When the process began to serve. */
  readonly startedAt: number
  readonly view: View
  /** The view as it is by now, for a field that had to wait before it could read. */
  readonly viewNow: () => View
  readonly run: <A, E>(effect: Effect.Effect<A, E, ApiServices>) => A | Promise<A>
  /** What is written at this moment, where others are told of it too. */
  readonly moment?: Moment
  /** Where the frames of a shared subscription go; absent over plain HTTP. */
  readonly operation?: SocketOperation
}

/** Of a message that several are told, who may share what is written of it. */
export interface SharedContext extends GraphQLContext {
  readonly moment: Moment
}

/** A field's resolver: plain, from its parent. */
export type Field<Parent, Args = never> = (parent: Parent, args: Args, context: GraphQLContext) => unknown
export type Fields<Parent> = Readonly<Record<string, Field<Parent>>>

/** A resolver as graphql-js holds it. */
export type AnyResolver = NonNullable<ReturnType<GraphQLObjectType["getFields"]>[string]["resolve"]>

/** A resolver of ours, whatever its parent: it never asks where in the document it stands. */
export type Resolver = (
  parent: Parameters<AnyResolver>[0],
  args: Parameters<AnyResolver>[1],
  context: GraphQLContext
) => unknown

/** By type and field. */
export type ResolverMap = Readonly<Record<string, Readonly<Record<string, Resolver>>>>

/** The resolver of a root field. */
export const root =
  <Args, A, E>(field: (args: Args, context: GraphQLContext) => Effect.Effect<A, E, ApiServices>) =>
  (_: unknown, args: Args, context: GraphQLContext): A | Promise<A> =>
    context.run(field(args, context))

export class ApiRuntime extends Context.Service<
  ApiRuntime,
  {
    /** Interrupts what it runs when the signal aborts. */
    readonly contextFor: (caller: Caller, requestId: string, signal: AbortSignal | undefined) => GraphQLContext
    /** For messages of shared subscriptions: answers from memory, at once; what would have to wait is an error. */
    readonly contextAtOnce: (caller: Caller, requestId: string) => SharedContext
    readonly nextRequestId: () => string
    /** Another one whenever an answer from memory may be another: after a change, and with every second of the clock. */
    readonly version: () => string
    /** What a client may see of an error; what it may not see is logged under the request id. */
    readonly present: (error: unknown, requestId: string) => GraphQLError
  }
>()("oddswire/graphql/ApiRuntime") {
  static readonly layer = Layer.effect(
    ApiRuntime,
    Effect.gen(function* () {
      const services = yield* Effect.context<ApiServices>()
      const board = yield* PublishedBoard
      const settings = yield* LiveSettings
      const journal = yield* Journal
      const { all } = yield* Bookmakers
      const clock = yield* Clock.Clock
      const startedAt = clock.currentTimeMillisUnsafe()
      let requests = 0
      const logUnexpected = (error: unknown, requestId: string): void => {
        Effect.runForkWith(services)(
          Effect.logError("A request met an unexpected error.", Cause.die(error)).pipe(
            Effect.annotateLogs({ requestId })
          )
        )
      }
      const view = (): View =>
        viewOf(board, SubscriptionRef.getUnsafe(settings.current), all, journal.epoch, clock.currentTimeMillisUnsafe())
      const momentNow = makeMoments(board, view, () => [
        board.mark(),
        SubscriptionRef.getUnsafe(settings.current),
        clock.currentTimeMillisUnsafe()
      ])
      return {
        nextRequestId: () => `${startedAt.toString(36)}-${(requests += 1).toString(36)}`,
        version: () => {
          const { epoch, seq } = board.mark()
          const second = Math.floor(clock.currentTimeMillisUnsafe() / 1_000)
          return `${epoch}.${seq}.${SubscriptionRef.getUnsafe(settings.current).version}.${second}`
        },
        present: (error, requestId) => presentError(error, requestId, logUnexpected),
        contextFor: (caller, requestId, signal) => ({
          caller,
          requestId,
          startedAt,
          view: view(),
          viewNow: view,
          run: (effect) => {
            const options = signal === undefined ? undefined : { signal }
            const fiber = Effect.runForkWith(services)(effect, options)
            const exit = fiber.pollUnsafe()
            // What memory answers is there already, and neither it nor the fields below it have to wait for a promise.
            if (exit !== undefined) return valueOf(exit)
            const within = Effect.timeout(Fiber.join(fiber), EXECUTION_DEADLINE)
            return Effect.runPromiseExitWith(services)(Effect.ensuring(within, Fiber.interrupt(fiber)), options).then(
              valueOf
            )
          }
        }),
        contextAtOnce: (caller, requestId) => {
          const moment = momentNow()
          return {
            caller,
            requestId,
            startedAt,
            moment,
            view: moment.view,
            viewNow: view,
            run: (effect) => valueOf(Effect.runSyncExitWith(services)(effect))
          }
        }
      }
    })
  )
}

const valueOf = <A, E>(exit: Exit.Exit<A, E>): A => {
  if (Exit.isSuccess(exit)) return exit.value
  const failure = Cause.squash(exit.cause)
  const known = Cause.hasInterruptsOnly(exit.cause) ? STOPPED : toApiError(failure)
  throw known === undefined ? failure : graphqlError(known)
}

/** The client has gone, or the server goes: nobody will read it, and it is no fault to be logged. */
const STOPPED = new ApiError({ code: "SHUTTING_DOWN", message: "This was stopped before it was answered: ask again." })

const EXECUTION_DEADLINE = "10 seconds"
