/** `startScrape`, `retryFailed`, `cancelScrape`: requests about runs, checked against the roster and handed to the scraper. */
import { Effect } from "effect"
import { BookmakerId } from "../../domain/Bookmaker.ts"
import { EventId } from "../../domain/Event.ts"
import { Scraping } from "../../scraping/Scraping.ts"
import type { Started } from "../../scraping/Scraping.ts"
import { unknown } from "../arguments/Arguments.ts"
import type { Maybe } from "../arguments/Arguments.ts"
import type { BookmakerParent } from "../reading/Parents.ts"
import type { GraphQLContext } from "../Runtime.ts"
import { operatorsOnly } from "./Operators.ts"
import type { UserError } from "./Operators.ts"

interface StartArgs {
  readonly input: {
    readonly bookmakers?: Maybe<readonly string[]>
    readonly competitions?: Maybe<readonly string[]>
    readonly events?: Maybe<readonly string[]>
    readonly idempotencyKey?: Maybe<string>
  }
}

export const startScrape = Effect.fn("GraphQL.startScrape")(function* ({ input }: StartArgs, context: GraphQLContext) {
  yield* operatorsOnly(context)
  const errors = unknownBookmakers(input.bookmakers ?? [], ["input", "bookmakers"], context.view.roster)
  if (errors.length > 0) return refused(errors)
  const scraping = yield* Scraping
  return payload(
    yield* scraping.start(
      {
        bookmakers: input.bookmakers?.map((id) => BookmakerId(id)),
        competitions: input.competitions ?? undefined,
        events: input.events?.map((id) => EventId(id))
      },
      input.idempotencyKey ?? undefined
    )
  )
})

export const retryFailed = Effect.fn("GraphQL.retryFailed")(function* (
  args: { readonly runId: string; readonly idempotencyKey?: Maybe<string> },
  context: GraphQLContext
) {
  yield* operatorsOnly(context)
  return payload(yield* (yield* Scraping).retryFailed(args.runId, args.idempotencyKey ?? undefined))
})

export const cancelScrape = Effect.fn("GraphQL.cancelScrape")(function* (
  args: { readonly runId: string },
  context: GraphQLContext
) {
  yield* operatorsOnly(context)
  return payload(yield* (yield* Scraping).cancel(args.runId))
})

/** One error per id that is not of the roster. */
export const unknownBookmakers = (
  ids: readonly string[],
  path: readonly string[],
  roster: readonly BookmakerParent[]
): readonly UserError[] => {
  const known = roster.map(({ bookmaker }) => bookmaker.id)
  return ids.flatMap((id, index) =>
    known.some((other) => other === id)
      ? []
      : [
          {
            code: "BAD_INPUT",
            message: unknown("bookmaker", id, known),
            path: [...path, String(index)],
            value: id.slice(0, 64)
          } as const
        ]
  )
}

const payload = (started: Started) =>
  started._tag === "Refused" ? refused(started.faults) : { run: started.run, joined: started.joined, errors: [] }

const refused = (errors: readonly UserError[]) => ({ run: null, joined: false, errors })
