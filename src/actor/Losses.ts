/**
 * Counts the messages that did not reach their actor one by one: merged, refused, dropped or parked.
 *
 * One metric with the actor and the fate as labels, because the first question is always "where".
 */
import { Metric } from "effect"

export type Fate = "merged" | "refused" | "dropped" | "parked"

const messages = Metric.counter("actor_messages_lost_total", {
  description: "Messages merged, refused, dropped or parked, by actor and fate",
  incremental: true
})

export const losses = (actor: string, fate: Fate): Metric.Counter<number> =>
  Metric.withAttributes(messages, { actor, fate })
