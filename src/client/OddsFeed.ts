/**
 * The odds of one filter, kept current through every connection: folds what comes, goes on from its cursor after a
 * break, and starts again with a snapshot where the chain has a gap.
 *
 * `live` is said once the server has: with the last page of a snapshot, with a return on which nothing was missed, or
 * with the message that brings what was.
 */
import { BACKOFF, makeBackoff } from "./Backoff.ts"
import type { OddsMessage } from "./Board.ts"
import type { Connection } from "./Connection.ts"
import { GRID } from "./Documents.ts"
import { makeFold } from "./Fold.ts"
import type { GridData, GridVariables, OddsFilter } from "./generated.ts"
import type { Link, RequestError } from "./Link.ts"
import { makeListeners } from "./Listeners.ts"
import type { Bookmakers, Row } from "./Row.ts"
import { standingOf } from "./Status.ts"
import type { Standing } from "./Status.ts"
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
  const backoff = makeBackoff(BACKOFF, place.random)
  const quietMs = QUIET_MS + request.conflateMs
  let view: OddsView | undefined
  let caughtUp = false
  let heardAt = 0
  let asOf: number | undefined
  let durable = true
  let faults = 0
  let failure: string | undefined
  let stop: Cancel = () => undefined
  let cancelWait: Cancel = () => undefined

  const changed = (): void => {
    view = undefined
    listeners.tell()
  }
  const start = (link: Link): void => {
    stop()
    cancelWait()
    caughtUp = false
    const variables: GridVariables = { ...request, after: fold.cursor() ?? null }
    stop = link.subscribe(
      { query: GRID, variables: { ...variables } },
      {
        next: (data) => hear(isGrid(data) ? data.oddsUpdated : undefined),
        failed,
        completed: () => again(backoff.wait())
      }
    )
    watch()
  }
  const hear = (message: OddsMessage | undefined): void => {
    if (message === undefined) return again(backoff.wait())
    connection.clock.heard(message.serverTime)
    heardAt = place.now()
    const verdict = fold.accept(message)
    if (verdict === "GAP") {
      faults += 1
      return again(backoff.wait())
    }
    if (message.lastPage) caughtUp = true
    if (caughtUp || fold.cursor() === undefined) asOf = Date.parse(message.serverTime)
    if (caughtUp) backoff.reset()
    durable = message.durable
    changed()
  }
  const failed = ({ message, retryable }: RequestError): void => {
    if (retryable) return again(backoff.wait())
    failure = message
    caughtUp = false
    cancelWait()
    changed()
  }
  /** Another operation on the same link, from the cursor. */
  const again = (ms: number): void => {
    stop()
    stop = () => undefined
    caughtUp = false
    cancelWait()
    cancelWait = place.after(ms, () => {
      const link = connection.link()
      if (link !== undefined) start(link)
    })
    changed()
  }
  /** The link may live while this subscription has been forgotten: the server is never quiet for long. */
  const watch = (): void => {
    heardAt = place.now()
    const look = (): void => {
      const left = heardAt + quietMs - place.now()
      if (left <= 0) again(0)
      else cancelWait = place.after(left, look)
    }
    cancelWait = place.after(quietMs, look)
  }

  const standing = (): Standing => standingOf({ connection: connection.state(), caughtUp, failure, asOf })
  const endRun = connection.run({
    start,
    lost: () => {
      stop = () => undefined
      cancelWait()
      caughtUp = false
    }
  })
  const endWatch = connection.onChange(changed)

  return {
    standing,
    onChange: listeners.add,
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
        again(0)
      }
      return verification
    },
    close: () => {
      stop()
      cancelWait()
      endRun()
      endWatch()
      failure = "Closed by the page"
      changed()
    }
  }
}

/** The server says something every five seconds. */
const QUIET_MS = 12_000

/** The shape follows from the document that was sent; this tells an answer from a partial one. */
const isGrid = (data: unknown): data is GridData =>
  typeof data === "object" && data !== null && "oddsUpdated" in data && data.oddsUpdated !== null
