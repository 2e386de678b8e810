/**
 * What one socket is to be sent: the frames of one turn in one write, and a measure of how fast it reads.
 *
 * Bounded: nothing is put in above the limit, subscribers wait with sets of keys instead. A socket that is
 * held up and drains slower than the lowest rate is closed, and destroyed a second later.
 */
import type { Cut } from "./Readers.ts"
import type { Subscriber } from "./Subscriber.ts"
import type { Wire } from "./Wire.ts"

/** Above this nothing more is handed to the socket. */
export const QUEUE_LIMIT = 256 * 1024
export const SLOWEST_BYTES_PER_SECOND = 16 * 1024
export const CLOSE_SLOW = 4290

export interface Outbox {
  readonly subscribers: Set<Subscriber>
  /** True while frames may be put in. */
  readonly hasRoom: () => boolean
  /** True while a page is on its way: the next one waits for it. */
  readonly isPaging: () => boolean
  readonly put: (frame: Buffer) => void
  /** Puts a frame that the next page waits for until the socket has taken it. */
  readonly putPage: (frame: Buffer) => void
  /** Writes what was put in since the last flush; answers how many frames. */
  readonly flush: () => number
  /** Called each second: closes a slow reader, and destroys it when it does not go. What it was cut for, if by this call. */
  readonly inspect: (now: number) => Cut | undefined
  /** Undefined when it was cut before. */
  readonly cut: (now: number) => Cut | undefined
  readonly queued: () => number
}

/** `taken` is called when the socket took something while a subscriber waits for that. */
export const makeOutbox = (wire: Wire, taken: () => void, clock: () => number): Outbox => {
  const subscribers = new Set<Subscriber>()
  /** What the kernel had taken at each inspection since the socket was held up, at most the last ten seconds. */
  let samples: readonly Sample[] = []
  let frames: Buffer[] = []
  let written = 0
  let paging = false
  let pageIncluded = false
  let closedAt: number | undefined
  /** When the socket last began to hold bytes back. */
  let heldSince: number | undefined

  const cut = (now: number): Cut | undefined => {
    if (closedAt !== undefined) return undefined
    const why = { heldUpMs: now - (heldSince ?? now), queuedBytes: wire.queued() }
    closedAt = now
    frames = []
    wire.close(CLOSE_SLOW, "Slow reader: resume with `after`")
    return why
  }

  const flushed = (): void => {
    if (wire.queued() === 0) heldSince = undefined
    if (isBehind(subscribers)) taken()
  }
  const pageFlushed = (): void => {
    paging = false
    flushed()
  }

  const heldUp = (): boolean => paging || wire.queued() > QUEUE_LIMIT || isBehind(subscribers)

  return {
    subscribers,
    cut,
    queued: wire.queued,
    hasRoom: () => closedAt === undefined && wire.queued() <= QUEUE_LIMIT,
    isPaging: () => paging,
    put: (frame) => {
      frames.push(frame)
    },
    putPage: (frame) => {
      frames.push(frame)
      paging = true
      pageIncluded = true
    },
    flush: () => {
      const [only] = frames
      if (only === undefined) return 0
      const count = frames.length
      const bytes = count === 1 ? only : Buffer.concat(frames)
      frames = []
      written += bytes.length
      heldSince ??= clock()
      wire.write(bytes, pageIncluded ? pageFlushed : flushed)
      pageIncluded = false
      return count
    },
    inspect: (now) => {
      if (closedAt !== undefined) {
        if (now - closedAt >= DESTROY_AFTER_MS) wire.destroy()
        return undefined
      }
      if (wire.queued() === 0 || !heldUp()) {
        samples = []
        return undefined
      }
      const taken = written - wire.queued()
      const [oldest] = samples
      samples = [...samples.filter(({ at }) => now - at < WINDOW_MS), { at: now, taken }]
      if (oldest === undefined || now - oldest.at < WINDOW_MS) return undefined
      if ((taken - oldest.taken) * 1_000 >= SLOWEST_BYTES_PER_SECOND * (now - oldest.at)) return undefined
      return cut(now)
    }
  }
}

interface Sample {
  readonly at: number
  readonly taken: number
}

/** Over which the rate is measured; longer than the five seconds for which the queue has to be full. */
const WINDOW_MS = 10_000
const DESTROY_AFTER_MS = 1_000

const isBehind = (subscribers: ReadonlySet<Subscriber>): boolean => {
  for (const { behind } of subscribers) if (behind !== undefined) return true
  return false
}
