/** Launches the house: signals end it in order, and whatever happens it is gone 20 s after the first one. */
import { NodeRuntime } from "@effect/platform-node"
import { Cause, Exit } from "effect"
import { EXIT_CRASHED, house } from "./House.ts"

const GONE_AFTER_MS = 20_000

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  // Not process.exit, which waits for every thread: one that hangs in the system would never let the process go.
  process.once(signal, () => setTimeout(() => process.kill(process.pid, "SIGKILL"), GONE_AFTER_MS).unref())
}

NodeRuntime.runMain(house, {
  disableErrorReporting: true,
  teardown: (exit, onExit) => {
    if (Exit.isSuccess(exit)) return onExit(Number(exit.value))
    onExit(Cause.hasInterruptsOnly(exit.cause) ? 0 : EXIT_CRASHED)
  }
})
