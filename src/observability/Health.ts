/**
 * Whether the process lives and is ready to serve: rooms register named checks, probes ask them all.
 *
 * A check answers with what is wrong, in a sentence, or with nothing. It is asked at each probe and never
 * remembered, and one that dies or takes over a second is itself a complaint: health tells the truth or nothing.
 */
import { Context, Effect, Layer } from "effect"
import type { Scope } from "effect"

export interface HealthCheck {
  readonly name: string
  /**
   * `live`: a complaint asks for a restart of the process. `ready`: for no traffic until it is gone. `notice`: for an
   * operator, since the odds served are right all the same.
   */
  readonly kind: "live" | "ready" | "notice"
  /** What is wrong, or undefined. */
  readonly complaint: Effect.Effect<string | undefined>
}

export interface HealthReport {
  /** Whether nothing but notices complains. */
  readonly ok: boolean
  readonly checks: readonly {
    readonly name: string
    readonly kind: HealthCheck["kind"]
    readonly ok: boolean
    /** Undefined when there is none. */
    readonly complaint: string | undefined
  }[]
}

export class Health extends Context.Service<
  Health,
  {
    /** Asked at every probe until the caller's scope closes. */
    readonly register: (check: HealthCheck) => Effect.Effect<void, never, Scope.Scope>
    /** For `/healthz`: the `live` checks. */
    readonly live: Effect.Effect<HealthReport>
    /** For `/readyz`: all checks, since a process that should be restarted is not ready either. */
    readonly ready: Effect.Effect<HealthReport>
  }
>()("oddswire/observability/Health") {
  static readonly layer = Layer.sync(Health, () => {
    const checks = new Set<HealthCheck>()
    return {
      register: (check) =>
        Effect.acquireRelease(
          Effect.sync(() => checks.add(check)),
          () => Effect.sync(() => checks.delete(check))
        ),
      live: Effect.suspend(() => report([...checks].filter((check) => check.kind === "live"))),
      ready: Effect.suspend(() => report([...checks]))
    }
  })
}

/** The body of a probe's answer: every check by name, so that one look tells which. */
export const bodyOf = (report: HealthReport): string =>
  JSON.stringify({
    status: !report.ok ? "failing" : report.checks.every((check) => check.ok) ? "ok" : "notice",
    checks: Object.fromEntries(report.checks.map((check) => [check.name, check.complaint ?? "ok"]))
  })

const report = (checks: readonly HealthCheck[]): Effect.Effect<HealthReport> =>
  Effect.map(Effect.forEach(checks, ask, { concurrency: "unbounded" }), (answers) => ({
    ok: answers.every((answer) => answer.ok || answer.kind === "notice"),
    checks: answers
  }))

const ask = Effect.fnUntraced(function* ({ name, kind, complaint }: HealthCheck) {
  const answer = yield* complaint.pipe(
    Effect.timeoutOrElse({
      duration: "1 second",
      orElse: () => Effect.succeed("The check did not answer within a second.")
    }),
    Effect.catchDefect((defect) => Effect.succeed(`The check itself failed: ${String(defect)}`))
  )
  return { name, kind, ok: answer === undefined, complaint: answer }
})
