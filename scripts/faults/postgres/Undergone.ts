/** One ailment of Postgres, undergone by a house under load: what it says meanwhile, and when it is level again. */
import { setTimeout as pause } from "node:timers/promises"
import { post } from "../../../test/support/client.ts"
import type { Address } from "../../../test/support/client.ts"
import { probe, until } from "../house/Health.ts"
import type { Stage } from "../house/Scene.ts"
import { KNOWN_WITHIN_MS } from "../outage/Outage.ts"
import type { Ailment } from "./Ailments.ts"
import type { Server } from "./Server.ts"

export interface Undergone {
  readonly ailment: Ailment
  readonly lastedMs: number
  /** The house, or for it the server, has told the sign of this ailment. */
  readonly isMet: boolean
  /** How long it took until Postgres was told to be away or the writer to be held, and until neither was, ms. */
  readonly openedMs: number | undefined
  readonly closedMs: number | undefined
  /** Probes that did not say 200 although odds were served all the time. */
  readonly falseAlarms: number
  /** Records that were told meanwhile and waited for it to end. */
  readonly held: number
  readonly levelMs: number | undefined
}

export const undergo = async (
  { api, url }: Stage,
  server: Server,
  ailment: Ailment,
  lastsMs: number
): Promise<Undergone> => {
  const before = await stateOf(api)
  const end = await ailment.begin(server)
  const from = performance.now()
  const since = (): number => performance.now() - from
  let isMet = false
  let openedMs: number | undefined
  let falseAlarms = 0
  let state = await stateOf(api)
  const isFelt = (): boolean => isMet && state.backlog >= LEAST_HELD
  while (since() < lastsMs || (!isFelt() && since() < lastsMs + FELT_WITHIN_MS)) {
    await pause(200)
    const statuses = await Promise.all([probe(url, "/healthz"), probe(url, "/readyz")])
    // Nobody who answers too late on a busy machine has said anything.
    falseAlarms += statuses.filter((status) => status !== undefined && status !== 200).length
    state = await stateOf(api)
    if (state.isTold) openedMs ??= since()
    const fresh = state.lastError === before.lastError ? "" : (state.lastError ?? "")
    isMet ||= await ailment.isMet(fresh, server)
  }
  const lastedMs = since()
  const { last } = await stateOf(api)
  await end()
  const levelMs = await until(async () => (await stateOf(api)).drained >= last, LEVEL_WITHIN_MS)
  const closedMs = await until(async () => !(await stateOf(api)).isTold, KNOWN_WITHIN_MS)
  return { ailment, lastedMs, isMet, openedMs, closedMs, falseAlarms, held: last - state.drained, levelMs }
}

/** Below this an ailment has held up nothing. */
export const LEAST_HELD = 20
const FELT_WITHIN_MS = 20_000
/** Longer than may be taken, so that the check says how long it was. */
const LEVEL_WITHIN_MS = 180_000

interface State {
  readonly last: number
  readonly drained: number
  readonly backlog: number
  readonly lastError: string | null
  readonly isTold: boolean
}

const stateOf = async (api: Address): Promise<State> => {
  const { system } = await post<Answer>(api, QUERY)
  const { incidents, journal, storage } = system
  return {
    last: Number(journal.last),
    drained: Number(storage.drained),
    backlog: storage.backlog,
    lastError: storage.lastError,
    isTold: incidents.some(({ kind, endedAt }) => (kind === "away" || kind === "held") && endedAt === null)
  }
}

const QUERY = "{ system { journal { last } storage { drained backlog lastError } incidents { kind endedAt } } }"

interface Answer {
  readonly system: {
    readonly journal: { readonly last: string }
    readonly storage: { readonly drained: string; readonly backlog: number; readonly lastError: string | null }
    readonly incidents: readonly { readonly kind: string; readonly endedAt: string | null }[]
  }
}
