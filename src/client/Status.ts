/**
 * How far what is shown can be trusted: in a word, with the reason, and always with the time as of which it holds.
 */
import type { ConnectionState } from "./Connection.ts"

export type Status =
  /** Nothing is known yet. */
  | "connecting"
  /** Everything that happened is shown. */
  | "live"
  /** Connected; what was missed is on its way. */
  | "catching up"
  /** The connection is gone; what is shown may have moved. */
  | "stale"
  /** Ended for good: by the page, or because the server refused. */
  | "closed"

export interface Standing {
  readonly status: Status
  /** Why it is not live, in words; undefined while it is. */
  readonly reason: string | undefined
  /** The server's time as of which what is shown holds, ms since 1970; undefined before the first message. */
  readonly asOf: number | undefined
}

interface Circumstances {
  readonly connection: ConnectionState
  readonly caughtUp: boolean
  /** Why this subscription has ended for good. */
  readonly failure: string | undefined
  readonly asOf: number | undefined
}

export const standingOf = ({ connection, caughtUp, failure, asOf }: Circumstances): Standing => {
  if (failure !== undefined) return { status: "closed", reason: failure, asOf }
  if (connection.phase === "OPEN") return { status: caughtUp ? "live" : "catching up", reason: undefined, asOf }
  const { reason } = connection
  if (connection.phase === "CLOSED") return { status: "closed", reason, asOf }
  return { status: asOf === undefined ? "connecting" : "stale", reason, asOf }
}

/** Of several, the one that a page as a whole may claim: the least trusted, as of the oldest time. */
export const weakest = (standings: readonly Standing[]): Standing | undefined => {
  const known = standings.flatMap(({ asOf }) => asOf ?? [])
  const [worst] = standings.toSorted((one, other) => ORDER.indexOf(one.status) - ORDER.indexOf(other.status))
  return worst && { ...worst, asOf: known.length === 0 ? undefined : Math.min(...known) }
}

const ORDER: readonly Status[] = ["closed", "connecting", "stale", "catching up", "live"]
