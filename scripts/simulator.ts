/**
 * The simulator alone: `npm run simulator -- --port 4100 --seed 1 --events 1300`.
 *
 * Runs until it is told to stop; SIGTERM and SIGINT cut what is under way and close the journal file.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { DEFAULT_OPTIONS, startSimulator } from "../src/simulator/Simulator.ts"

const simulator = Command.make(
  "simulator",
  {
    port: Flag.Int("port").pipe(Flag.withDescription("where to listen; 0 = any free port"), Flag.withDefault(4100)),
    seed: Flag.Int("seed").pipe(
      Flag.withDescription("the same seed gives the same world"),
      Flag.withDefault(DEFAULT_OPTIONS.seed)
    ),
    events: Flag.Int("events").pipe(
      Flag.withDescription("matches listed at any time"),
      Flag.withDefault(DEFAULT_OPTIONS.events)
    ),
    markets: Flag.Int("markets").pipe(
      Flag.withDescription("at most so many of each match, the most popular ones: small bodies for a high rate"),
      Flag.withDefault(DEFAULT_OPTIONS.markets)
    ),
    faults: Flag.Literals("faults", ["default", "none"]).pipe(
      Flag.withDescription("resets, slow answers and denied events at the default rate, or none"),
      Flag.withDefault("default")
    ),
    latency: Flag.Literals("latency", ["recorded", "none"]).pipe(
      Flag.withDescription("answer as slowly as the sites do, or at once"),
      Flag.withDefault("recorded")
    ),
    journal: Flag.String("journal").pipe(Flag.withDescription("append every price served to this file"), Flag.optional)
  },
  ({ journal, ...rest }) =>
    Effect.scoped(
      Effect.gen(function* () {
        const { url } = yield* startSimulator({ ...DEFAULT_OPTIONS, ...rest, journal: Option.getOrUndefined(journal) })
        yield* Console.log(
          `simulator: ${rest.events} matches, seed ${rest.seed}, at ${url}/betpawa ${url}/sportybet ${url}/bet9ja; controls at ${url}/_sim`
        )
        return yield* Effect.never
      })
    ).pipe(Effect.tapError(({ message }) => Console.error(message)))
).pipe(Command.withDescription("Serves the wire formats of the three bookmakers from this machine"))

// Faults are told in a sentence above; a stack trace would tell nothing more.
Command.run(simulator, { version: "0.1.0" }).pipe(
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain({ disableErrorReporting: true })
)
