/** `settings`: what is in force now, with every bookmaker's pace written out. */
import { Effect, SubscriptionRef } from "effect"
import { Bookmakers } from "../../domain/Bookmaker.ts"
import { LiveSettings, paceOf } from "../../domain/Settings.ts"

export const settings = Effect.fnUntraced(function* () {
  const { all } = yield* Bookmakers
  const current = yield* SubscriptionRef.get((yield* LiveSettings).current)
  return {
    ...current,
    bookmakers: all.map(({ id }) => ({
      bookmakerId: id,
      enabled: !current.disabled.includes(id),
      paused: current.paused.includes(id),
      ...paceOf(current, id)
    })),
    tiers: current.tiers.map(({ within, every }) => ({
      withinMs: Number.isFinite(within) ? within : null,
      everyMs: every
    }))
  }
})
