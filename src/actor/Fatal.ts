/**
 * How an actor that cannot be replaced ends the process: with a sentence and its own exit code.
 *
 * `main` waits on it; nothing else may end the process.
 */
import { Context, Deferred, Effect, Layer } from "effect"

export interface Fault {
  readonly exitCode: number
  readonly message: string
}

export class Fatal extends Context.Service<
  Fatal,
  {
    /** The first fault counts. */
    readonly raise: (fault: Fault) => Effect.Effect<void>
    readonly raised: Effect.Effect<Fault>
  }
>()("oddswire/actor/Fatal") {
  static readonly layer = Layer.effect(
    Fatal,
    Effect.map(Deferred.make<Fault>(), (fault) => ({
      raise: (raised: Fault) => Effect.asVoid(Deferred.succeed(fault, raised)),
      raised: Deferred.await(fault)
    }))
  )
}

/** Exit codes of the actors whose failure ends the process. */
export const EXIT_ODDS_FAILED = 72
export const EXIT_JOURNAL_FAILED = 71
