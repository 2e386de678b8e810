/**
 * The log of what went wrong: each incident with its beginning, end, cause and what it touched.
 *
 * One incident per kind and subject is open at a time, so a fault that is reported again and again is one
 * entry. The newest 200 are kept; one still open outlives those that ended.
 */
import { Clock, Context, Effect, Layer, SubscriptionRef } from "effect"

export interface Incident {
  readonly id: string
  /** Breaker, degraded, restart, backlog, gap and the like. */
  readonly kind: string
  /** What it happened to, e.g. `betpawa-ng/event`: with `kind` it names an open incident. */
  readonly subject: string
  readonly startedAt: number
  readonly endedAt: number | undefined
  /** Why, a sentence. */
  readonly cause: string
  readonly touched: readonly string[]
}

export type Opened = Pick<Incident, "kind" | "subject" | "cause" | "touched">

export class Incidents extends Context.Service<
  Incidents,
  {
    /** Does nothing while one of this kind and subject is open. */
    readonly open: (incident: Opened) => Effect.Effect<void>
    /** Ends the open incident of this kind and subject, if there is one. */
    readonly close: (kind: string, subject: string) => Effect.Effect<void>
    /** For what is known only once it is over, such as a restart or a gap; it began now unless somebody knows better. */
    readonly note: (incident: Opened, startedAt?: number) => Effect.Effect<void>
    /** Newest first. */
    readonly log: SubscriptionRef.SubscriptionRef<readonly Incident[]>
  }
>()("oddswire/observability/Incidents") {
  static readonly layer = Layer.effect(
    Incidents,
    Effect.gen(function* () {
      const log = yield* SubscriptionRef.make<readonly Incident[]>([])
      let count = 0
      const incidentOf = (opened: Opened, startedAt: number, endedAt: number | undefined): Incident => {
        count += 1
        return { ...opened, id: `${startedAt}-${count}`, startedAt, endedAt }
      }
      return {
        log,
        open: Effect.fnUntraced(function* (opened) {
          const now = yield* Clock.currentTimeMillis
          yield* SubscriptionRef.update(log, (all) =>
            all.some(isOpen(opened.kind, opened.subject)) ? all : bounded([incidentOf(opened, now, undefined), ...all])
          )
        }),
        close: Effect.fnUntraced(function* (kind, subject) {
          const endedAt = yield* Clock.currentTimeMillis
          const ends = isOpen(kind, subject)
          yield* SubscriptionRef.update(log, (all) =>
            all.some(ends) ? all.map((incident) => (ends(incident) ? { ...incident, endedAt } : incident)) : all
          )
        }),
        note: Effect.fnUntraced(function* (opened, startedAt) {
          const now = yield* Clock.currentTimeMillis
          yield* SubscriptionRef.update(log, (all) => bounded([incidentOf(opened, startedAt ?? now, now), ...all]))
        })
      }
    })
  )
}

const KEPT = 200

const isOpen =
  (kind: string, subject: string) =>
  (incident: Incident): boolean =>
    incident.endedAt === undefined && incident.kind === kind && incident.subject === subject

const bounded = (all: readonly Incident[]): readonly Incident[] => {
  if (all.length <= KEPT) return all
  const oldestEnded = all.findLastIndex((incident) => incident.endedAt !== undefined)
  return all.toSpliced(oldestEnded === -1 ? all.length - 1 : oldestEnded, 1)
}
