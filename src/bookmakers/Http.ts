/**
 * One polite GET that ends in JSON or in one of the errors of DESIGN §7, for all bookmakers.
 *
 * Bounded on every side: 3 s to connect, 5 s to headers, under 10 s in all, 16 kB of headers, 8 MB on the wire,
 * 32 MB inflated, three redirects and those to the same origin. Deadlines run on Effect's clock, so tests need no waits.
 */
import { Agent } from "undici"
import { Clock, Context, Effect, Layer } from "effect"
import { elapsedBy } from "../actor/Elapsed.ts"
import type { BookmakerId } from "../domain/Bookmaker.ts"
import { TimedOut } from "./FetchError.ts"
import type { Endpoint, FetchError } from "./FetchError.ts"
import { classify, describe, parse } from "./http/Answer.ts"
import { makeRoom } from "./http/Room.ts"
import { exchange, MAX_WIRE } from "./http/Transport.ts"

/** What is asked of whom; `headers` are the bookmaker's own. */
export interface Asked {
  readonly bookmakerId: BookmakerId
  readonly endpoint: Endpoint
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
}

export interface Fetched {
  readonly asked: Asked
  /** The parsed body; nothing about its shape is known yet. */
  readonly json: unknown
  /** The body as text, to be kept as a sample when its shape turns out wrong. */
  readonly text: string
  /** By the clock as it stood when the body was complete. */
  readonly requestedAt: number
  /** When the body was complete, by the clock as it stood: one that is set back makes a later answer look earlier. */
  readonly observedAt: number
}

export class Http extends Context.Service<
  Http,
  {
    readonly get: (asked: Asked) => Effect.Effect<Fetched, FetchError>
  }
>()("oddswire/bookmakers/Http") {
  static readonly layer = Layer.effect(
    Http,
    Effect.gen(function* () {
      const agent = yield* Effect.acquireRelease(
        Effect.sync(() => new Agent(LIMITS)),
        (held) => Effect.promise(() => held.destroy())
      )
      const placeIn = yield* makeRoom
      const exchanged = Effect.fnUntraced(
        function* (asked: Asked) {
          const elapsed = elapsedBy(yield* Clock.Clock)
          const began = elapsed()
          const reply = yield* exchange(agent, asked, placeIn())
          const observedAt = yield* Clock.currentTimeMillis
          // Both by one clock: set meanwhile it would make of a short request one of an hour.
          return { reply, requestedAt: observedAt - (elapsed() - began), observedAt }
        },
        (attempt, asked) =>
          Effect.timeoutOrElse(attempt, {
            duration: GIVEN_UP_AFTER_MS,
            orElse: () =>
              Effect.fail(
                new TimedOut({
                  bookmakerId: asked.bookmakerId,
                  endpoint: asked.endpoint,
                  message: `${describe(asked)}: no whole answer within ${GIVEN_UP_AFTER_MS / 1_000} s; tried again after a pause`
                })
              )
          })
      )
      // Parsed behind the deadline and not within it: nothing lies between this and the reader's own code in the same
      // turn, so that a payload's objects are garbage again before the next answer is parsed.
      const get = Effect.fnUntraced(function* (asked: Asked) {
        const { observedAt, reply, requestedAt } = yield* exchanged(asked)
        const refusal = classify(asked, reply, observedAt)
        if (refusal !== undefined) return yield* refusal
        const { json, text } = yield* parse(asked, reply)
        return { asked, json, text, requestedAt, observedAt }
      }, Effect.scoped)

      return { get }
    })
  )
}

/** A second before the 10 s are over, because a piece being unpacked cannot be cut short and timers are late on a busy machine. */
const GIVEN_UP_AFTER_MS = 9_000

// The last three only stop what Effect's own deadlines have given up on, should an abort ever be missed.
const LIMITS = {
  connect: { timeout: 3_000 },
  connections: 200,
  pipelining: 1,
  keepAliveTimeout: 30_000,
  maxHeaderSize: 16_384,
  maxResponseSize: MAX_WIRE,
  headersTimeout: 15_000,
  bodyTimeout: 15_000
}
