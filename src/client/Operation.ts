/**
 * One operation kept running for as long as it is wanted: started on every link, started again after a wait when it
 * ends or fails for a while, and given up at what asking again would not change.
 */
import { BACKOFF, makeBackoff } from "./Backoff.ts"
import type { Connection } from "./Connection.ts"
import type { Link, Request, RequestError } from "./Link.ts"
import type { Cancel, Surroundings } from "./Surroundings.ts"

/** What runs, told by the feed that keeps it. */
export interface Wanted {
  /** What to ask now; undefined = nothing any more. */
  readonly request: () => Request | undefined
  readonly next: (data: unknown) => void
  readonly completed: () => void
  /** It runs no longer: what is known may have moved. */
  readonly stopped: () => void
  readonly changed: () => void
}

export interface Operation {
  /** To be called once; not done by itself, because a link may answer within the call. */
  readonly begin: () => void
  /** Why it was given up; undefined while it was not. */
  readonly failure: () => string | undefined
  /** Ends it and starts it anew on the same link, by default after a wait that grows from one failure to the next. */
  readonly again: (ms?: number) => void
  /** It has held: the next wait is a short one. */
  readonly held: () => void
  readonly close: () => void
}

export const keepRunning = (connection: Connection, place: Surroundings, wanted: Wanted): Operation => {
  const backoff = makeBackoff(BACKOFF, place.random)
  let failure: string | undefined
  let stop: Cancel = NOTHING
  let cancelWait: Cancel = NOTHING
  let leave: readonly Cancel[] = []

  const halt = (): void => {
    cancelWait()
    stop()
    stop = NOTHING
    wanted.stopped()
  }
  const start = (link: Link): void => {
    halt()
    const request = failure === undefined ? wanted.request() : undefined
    if (request !== undefined)
      stop = link.subscribe(request, { next: wanted.next, failed, completed: wanted.completed })
  }
  const failed = ({ message, retryable }: RequestError): void => (retryable ? again() : giveUp(message))
  const giveUp = (reason: string): void => {
    halt()
    failure = reason
    wanted.changed()
  }
  const again = (ms = backoff.wait()): void => {
    halt()
    cancelWait = place.after(ms, () => {
      const link = connection.link()
      if (link !== undefined) start(link)
    })
    wanted.changed()
  }
  const lost = (): void => {
    // The link is gone, and the operation with it.
    stop = NOTHING
    halt()
  }

  return {
    begin: () => {
      leave = [connection.onChange(wanted.changed), connection.run({ start, lost })]
    },
    again,
    failure: () => failure,
    held: backoff.reset,
    close: () => {
      for (const end of leave) end()
      giveUp("Closed by the page")
    }
  }
}

const NOTHING: Cancel = () => undefined
