/** What a house says of itself, asked from outside while something is done to it. */
import { setTimeout as pause } from "node:timers/promises"
import { post } from "../../../test/support/client.ts"
import type { Address } from "../../../test/support/client.ts"

/** The status of a probe; undefined where nobody answers in time. */
export const probe = (url: string, path: "/readyz" | "/healthz"): Promise<number | undefined> =>
  fetch(url + path, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) }).then(
    async ({ status, body }) => {
      await body?.cancel()
      return status
    },
    () => undefined
  )

export interface LifeWatch {
  /** Answers of `/healthz` that asked for a restart. */
  readonly saidDead: () => number
  readonly asked: () => number
  readonly stop: () => Promise<void>
}

/** Asks twice a second whether the house lives; where none answers, none has said anything. */
export const watchLife = (url: string): LifeWatch => {
  let isOver = false
  let saidDead = 0
  let asked = 0
  const loop = async (): Promise<void> => {
    while (!isOver) {
      const status = await probe(url, "/healthz")
      if (status !== undefined) asked += 1
      if (status !== undefined && status !== 200) saidDead += 1
      await pause(500)
    }
  }
  const ended = loop()
  return {
    saidDead: () => saidDead,
    asked: () => asked,
    stop: async () => {
      isOver = true
      await ended
    }
  }
}

export interface Incident {
  readonly kind: string
  readonly subject: string
  readonly endedAt: string | null
  readonly cause: string
}

export const incidentsOf = async (api: Address): Promise<readonly Incident[]> =>
  (
    await post<{ readonly system: { readonly incidents: readonly Incident[] } }>(
      api,
      "{ system { incidents { kind subject endedAt cause } } }"
    )
  ).system.incidents

/** How long it takes until `holds`, ms; undefined when it did not within the time. */
export const until = async (holds: () => Promise<boolean>, withinMs: number): Promise<number | undefined> => {
  const began = performance.now()
  for (;;) {
    if (await holds().catch(() => false)) return performance.now() - began
    if (performance.now() - began > withinMs) return undefined
    await pause(25)
  }
}

const ANSWERS_WITHIN_MS = 2_000
