/**
 * Preloaded into a house: lets somebody outside kill its actors, one life at a time, over a port of its own, and make
 * each life from then on leave a timer and an open file behind.
 *
 * It rewrites one line of the supervisor as that file is loaded, so the source that is tested has no switch for it.
 * The line must be there exactly once, else the house does not start.
 */
import { openSync } from "node:fs"
import { createServer } from "node:http"
import { registerHooks } from "node:module"
import { devNull } from "node:os"
import { isMainThread } from "node:worker_threads"
import type { Effect } from "effect"

const LINE = "Effect.exit(Effect.scoped(spec.loop))"
const MORTAL_LINE = "Effect.exit(Effect.scoped(globalThis.mortal(spec, Effect)))"

type Effects = Pick<typeof Effect, "callback" | "die" | "raceFirst">

const deaths = new Map<string, () => void>()
let leaks = false

if (isMainThread && process.argv[1]?.endsWith("/scripts/start.ts") === true) {
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context)
      if (!url.endsWith("/src/actor/Supervisor.ts")) return loaded
      const source =
        typeof loaded.source === "string" ? loaded.source : new TextDecoder().decode(loaded.source ?? undefined)
      if (source.split(LINE).length !== 2) throw new Error(`${url} no longer has ${LINE} exactly once`)
      return { ...loaded, source: source.replace(LINE, MORTAL_LINE) }
    }
  })
  Object.assign(globalThis, {
    mortal: (
      { loop, name }: { readonly loop: Effect.Effect<void>; readonly name: string },
      { callback, die, raceFirst }: Effects
    ) =>
      raceFirst(
        loop,
        callback<void>((resume) => {
          deaths.set(name, () => resume(die(new Error(`${name} was killed`))))
          if (leaks) leak()
        })
      )
  })
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://here")
    if (searchParams.has("leaks")) leaks = true
    const name = searchParams.get("actor")
    const death = name === null ? undefined : deaths.get(name)
    if (name !== null) deaths.delete(name)
    death?.()
    const usage = {
      killed: death !== undefined,
      timers: process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length
    }
    response.setHeader("connection", "close").end(JSON.stringify(usage))
  })
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    console.log(`killer at http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/killer`)
  })
  server.unref()
}

function leak(): void {
  setInterval(() => {}, 3_600_000)
  openSync(devNull, "r")
}
