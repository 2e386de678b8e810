/**
 * What one socket is to be sent: the frames of one turn in one write, and a measure of how fast it reads.
 *
 * Bounded: nothing is put in above the limit, subscribers wait with sets of keys instead. A socket that is held up
 * and drains slower than the lowest rate is closed, and destroyed a second later. A class, because there are
 * thousands of them and each turn goes through all: closures would be many times the memory to go through.
 */
import type { Frame, OperationId } from "./Frame.ts"
import type { Cut } from "./Readers.ts"
import type { Subscriber } from "./Subscriber.ts"
import type { Wire } from "./Wire.ts"

/** Above this nothing more is handed to the socket. */
export const QUEUE_LIMIT = 256 * 1024
export const SLOWEST_BYTES_PER_SECOND = 16 * 1024
export const CLOSE_SLOW = 4290

/** What all outboxes have in common. */
export interface Post {
  readonly clock: () => number
  /** Called when a socket took something while a subscriber waits for that. */
  readonly taken: () => void
}

export class Outbox {
  readonly subscribers = new Set<Subscriber>()
  private readonly wire: Wire
  private readonly post: Post
  /** The first message of this turn; there is seldom another. */
  private frame: Frame | undefined
  private id: OperationId | undefined
  private others: readonly Message[] = NONE
  private pagePut = false
  private paging = false
  /** Since the first byte that the socket did not take at once, until it has taken all. */
  private heldSince: number | undefined
  private written = 0
  private closedAt: number | undefined
  /** What the kernel had taken at each inspection since the socket was held up, at most the last ten seconds. */
  private samples: readonly Sample[] = NONE
  /** Since the inspection that found more waiting for it than its queue should hold. */
  private fullSince: number | undefined

  constructor(wire: Wire, post: Post) {
    this.wire = wire
    this.post = post
  }

  /** True while messages may be put in. */
  hasRoom(): boolean {
    return this.closedAt === undefined && (this.heldSince === undefined || this.wire.queued() <= QUEUE_LIMIT)
  }

  /** True while a page is on its way: the next one waits for it. */
  isPaging(): boolean {
    return this.paging
  }

  /** True when it is the first since the last flush. */
  put(frame: Frame, id: OperationId): boolean {
    if (this.frame !== undefined) {
      this.others = [...this.others, { frame, id }]
      return false
    }
    this.frame = frame
    this.id = id
    return true
  }

  /** Puts a message that the next page waits for until the socket has taken it. */
  putPage(frame: Frame, id: OperationId): boolean {
    this.paging = true
    this.pagePut = true
    return this.put(frame, id)
  }

  /** Writes what was put in since the last flush; answers how many messages. */
  flush(): number {
    const { frame, id, others, wire } = this
    if (frame === undefined || id === undefined) return 0
    const paged = this.pagePut
    this.empty()
    const bytes = others === NONE ? frame.forId(id) : together({ frame, id }, others)
    wire.write(bytes)
    this.written += bytes.length
    if (wire.queued() > 0) {
      frame.leave()
      this.waitUntilTaken(paged)
    } else if (paged) this.pageTaken()
    return 1 + others.length
  }

  /** Called each second: closes a slow reader, and destroys it when it does not go. What it was cut for, if by this call. */
  inspect(now: number): Cut | undefined {
    const { closedAt, wire } = this
    if (closedAt !== undefined) {
      if (now - closedAt >= DESTROY_AFTER_MS) wire.destroy()
      return undefined
    }
    const queued = wire.queued()
    const isFull = queued > 0 && (this.paging || queued > QUEUE_LIMIT || this.isBehind())
    this.fullSince = isFull ? (this.fullSince ?? now) : undefined
    if (queued === 0) {
      this.samples = NONE
      return undefined
    }
    const taken = this.written - queued
    const [oldest] = this.samples
    this.samples = [...this.samples.filter(({ at }) => now - at < WINDOW_MS), { at: now, taken }]
    if (this.fullSince === undefined || now - this.fullSince < FULL_MS) return undefined
    if (oldest === undefined || now - oldest.at < WINDOW_MS) return undefined
    if ((taken - oldest.taken) * 1_000 >= SLOWEST_BYTES_PER_SECOND * (now - oldest.at)) return undefined
    return this.cut(now)
  }

  /** Undefined when it was cut before. */
  cut(now: number): Cut | undefined {
    if (this.closedAt !== undefined) return undefined
    const why = this.held(now)
    this.closedAt = now
    this.empty()
    this.wire.close(CLOSE_SLOW, "Slow reader: resume with `after`")
    return why
  }

  held(now: number): Cut {
    return { heldUpMs: now - (this.heldSince ?? now), queuedBytes: this.wire.queued() }
  }

  queued(): number {
    return this.wire.queued()
  }

  private empty(): void {
    this.frame = undefined
    this.id = undefined
    this.others = NONE
    this.pagePut = false
  }

  private waitUntilTaken(paged: boolean): void {
    if (paged) this.wire.whenTaken(() => this.pageTaken())
    if (this.heldSince !== undefined) return
    this.heldSince = this.post.clock()
    this.wire.whenTaken(() => this.taken())
  }

  private pageTaken(): void {
    this.paging = false
    if (this.isBehind()) this.post.taken()
  }

  private taken(): void {
    if (this.wire.queued() === 0) this.heldSince = undefined
    else this.wire.whenTaken(() => this.taken())
    if (this.isBehind()) this.post.taken()
  }

  private isBehind(): boolean {
    for (const { behind } of this.subscribers) if (behind !== undefined) return true
    return false
  }
}

interface Message {
  readonly frame: Frame
  readonly id: OperationId
}

interface Sample {
  readonly at: number
  readonly taken: number
}

/** One for all, because most outboxes never need more. */
const NONE: readonly never[] = []

/** Over which the rate is measured, from the first byte on: a queue that fills slowly is no reason to wait longer. */
const WINDOW_MS = 10_000
const FULL_MS = 5_000
const DESTROY_AFTER_MS = 1_000

/** Copied one by one: two of them may be one frame, lent twice. */
const together = (first: Message, others: readonly Message[]): Buffer =>
  Buffer.concat([first, ...others].map(({ frame, id }) => Buffer.from(frame.forId(id))))
