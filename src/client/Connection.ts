/**
 * Keeps one link to the server up for as long as anybody needs it: makes another when it ends, waits longer each
 * time that does not help, and stops only at what asking again cannot change.
 *
 * Tasks (subscriptions) are started anew on every link; what they go on from is their own business.
 */
import { BACKOFF, makeBackoff } from "./Backoff.ts"
import type { BackoffLimits } from "./Backoff.ts"
import type { Greeting, Link, LinkEnd, OpenLink } from "./Link.ts"
import { makeListeners } from "./Listeners.ts"
import { makePulse } from "./Pulse.ts"
import type { Pulse } from "./Pulse.ts"
import { makeServerClock } from "./ServerClock.ts"
import type { ServerClock } from "./ServerClock.ts"
import type { Cancel, Surroundings } from "./Surroundings.ts"

export interface Connection {
  readonly state: () => ConnectionState
  readonly clock: ServerClock
  readonly onChange: (listener: () => void) => Cancel
  /** Runs a task on this link and on every later one. The first one opens the connection. */
  readonly run: (task: Task) => Cancel
  /** The link that is open now. */
  readonly link: () => Link | undefined
  readonly close: () => void
}

export type ConnectionState =
  | { readonly phase: "CONNECTING"; readonly reason: string | undefined }
  | { readonly phase: "OPEN"; readonly server: Greeting }
  | { readonly phase: "CLOSED"; readonly reason: string }

export interface Task {
  readonly start: (link: Link) => void
  /** The link is gone; what was started on it calls nothing any more. */
  readonly lost: () => void
}

export const makeConnection = (
  open: OpenLink,
  place: Surroundings,
  backoffLimits: BackoffLimits = BACKOFF
): Connection => {
  const listeners = makeListeners()
  const tasks = new Set<Task>()
  const clock = makeServerClock(place.now)
  const backoff = makeBackoff(backoffLimits, place.random)
  let state: ConnectionState = { phase: "CONNECTING", reason: undefined }
  /** Made, and perhaps not open yet. */
  let attempt: Link | undefined
  let link: Link | undefined
  let pulse: Pulse | undefined
  let openedAt: number | undefined
  let cancelRetry: Cancel | undefined

  const become = (next: ConnectionState): void => {
    state = next
    listeners.tell()
  }
  const connect = (): void => {
    cancelRetry = undefined
    openedAt = undefined
    const made = open({
      opened: (greeting) => {
        cancelHandshake()
        openedAt = place.now()
        clock.reset()
        clock.heard(greeting.serverTime)
        link = made
        pulse = makePulse(place, { ping: made.ping, dead: made.cut })
        become({ phase: "OPEN", server: greeting })
        for (const task of tasks) task.start(made)
      },
      heard: () => pulse?.heard(),
      ended: (end) => {
        cancelHandshake()
        lose(end)
      }
    })
    // Longer than a silence may last: a server that a whole desk comes back to takes its time.
    const cancelHandshake = place.after(HANDSHAKE_MS, made.cut)
    attempt = made
  }
  const lose = ({ code, reason }: LinkEnd): void => {
    const wasOpen = link !== undefined
    pulse?.stop()
    link = attempt = pulse = undefined
    if (state.phase === "CLOSED") return
    const said = `${reason === "" ? "The connection broke" : reason} (${code})`
    if (FINAL.has(code)) return shut(said)
    if (openedAt !== undefined && place.now() - openedAt >= STEADY_MS) backoff.reset()
    cancelRetry = place.after(backoff.wait(), connect)
    if (wasOpen) for (const task of tasks) task.lost()
    become({ phase: "CONNECTING", reason: said })
  }
  const shut = (reason: string): void => {
    if (state.phase === "CLOSED") return
    state = { phase: "CLOSED", reason }
    cancelRetry?.()
    stopWatching()
    for (const task of tasks) task.lost()
    attempt?.cut()
    listeners.tell()
  }
  const stopWatching = place.onReturn(() => {
    pulse?.check()
    if (cancelRetry === undefined) return
    cancelRetry()
    connect()
  })

  return {
    clock,
    state: () => state,
    link: () => link,
    onChange: listeners.add,
    run: (task) => {
      tasks.add(task)
      if (link !== undefined) task.start(link)
      else if (attempt === undefined && cancelRetry === undefined && state.phase !== "CLOSED") connect()
      return () => tasks.delete(task)
    },
    close: () => shut("Closed by the page")
  }
}

const HANDSHAKE_MS = 10_000

/** A link that held this long was no failure. */
const STEADY_MS = 5_000

/** Bad request, not let in, another protocol, our own mistakes: the same again would be answered the same. */
const FINAL: ReadonlySet<number> = new Set([4400, 4401, 4403, 4406, 4409, 4429])
