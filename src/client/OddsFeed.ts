/**
 * The odds of one filter, kept current through every connection: folds what comes, goes on from its cursor after a
 * break, and starts again with a snapshot where the chain has a gap.
 *
 * `live` is said once the server has: with the last page of a snapshot, with a return on which nothing was missed, or
 * with the message that brings what was.
 */
import type { OddsMessage } from "./Board.ts"
import type { Connection } from "./Connection.ts"
import { GRID } from "./Documents.ts"
import { makeFold } from "./Fold.ts"
import type { GridData, GridVariables, OddsFilter } from "./generated.ts"
import { makeListeners } from "./Listeners.ts"
import { keepRunning } from "./Operation.ts"
import type { Bookmakers, Row } from "./Row.ts"
import { standingOf } from "./Status.ts"
import type { Standing } from "./Status.ts"
import { makeSilence } from "./Silence.ts"
import type { Cancel, Surroundings } from "./Surroundings.ts"
import { verifyDigest } from "./Verify.ts"
import type { Verification } from "./Verify.ts"

export interface OddsFeed {
  /** What is known now; the same value until something changes. */
  readonly view: () => OddsView
  /** The same without rows, which are made when they are asked for. */
  readonly standing: () => Standing
  readonly onChange: (listener: () => void) => Cancel
  /** Compares with the server's digest; a difference is mended with a snapshot. */
  readonly verify: () => Promise<Verification>
  readonly close: () => void
}

export interface OddsView extends Standing {
  /** By kickoff, then id. A row is the same value until something of its event changes. */
  readonly rows: readonly Row[]
  readonly bookmakers: Bookmakers
  readonly cursor: string | undefined
  /** False while the server's disk is unusable: what is shown could be lost in a crash. */
  readonly durable: boolean
  /** Since the start: how often the chain broke, and how often a digest differed. Both should be 0. */
  readonly faults: number
}

export interface OddsRequest {
  readonly filter: OddsFilter | null
  /** Least time between two messages, ms. */
  readonly conflateMs: number
}

export const makeOddsFeed = (request: OddsRequest, connection: Connection, place: Surroundings): OddsFeed => {
  const listeners = makeListeners()
  const fold = makeFold()
  let view: OddsView | undefined
  let caughtUp = false
  let asOf: number | undefined
  let durable = true
  let faults = 0

  const hear = (message: OddsMessage | undefined): void => {
    if (message === undefined) return operation.again()
    connection.clock.heard(message.serverTime)
    silence.broken()
    const verdict = fold.accept(message)
    if (verdict === "GAP") {
      faults += 1
      return operation.again()
    }
    if (message.lastPage) caughtUp = true
    if (caughtUp || fold.cursor() === undefined) asOf = Date.parse(message.serverTime)
    if (caughtUp) operation.held()
    durable = message.durable
    changed()
  }
  const changed = (): void => {
    view = undefined
    listeners.tell()
  }
  // The link may live while this subscription has been forgotten: the server is never quiet for long.
  const silence = makeSilence(QUIET_MS + request.conflateMs, place, () => operation.again(0))
  const operation = keepRunning(connection, place, {
    changed,
    request: () => {
      silence.begin()
      const variables: GridVariables = { ...request, after: fold.cursor() ?? null }
      return { query: GRID, variables: { ...variables } }
    },
    next: (data) => hear(isGrid(data) ? data.oddsUpdated : undefined),
    completed: () => operation.again(),
    stopped: () => {
      silence.end()
      caughtUp = false
    }
  })
  operation.begin()
  const standing = (): Standing =>
    standingOf({ connection: connection.state(), caughtUp, failure: operation.failure(), asOf })

  return {
    standing,
    onChange: listeners.add,
    close: operation.close,
    view: () =>
      (view ??= {
        ...standing(),
        rows: fold.board().rows(),
        bookmakers: fold.board().bookmakers(),
        cursor: fold.cursor(),
        durable,
        faults
      }),
    verify: async () => {
      const verification = await verifyDigest({ fold, link: connection.link, onChange: listeners.add }, request.filter)
      if (verification === "DIFFERENT") {
        faults += 1
        fold.forget()
        operation.again(0)
      }
      return verification
    }
  }
}

/** The server says something every five seconds. */
const QUIET_MS = 12_000

/** The shape follows from the document that was sent; this tells an answer from a partial one. */
const isGrid = (data: unknown): data is GridData =>
  typeof data === "object" && data !== null && "oddsUpdated" in data && data.oddsUpdated !== null
