/**
 * The sockets of all readers, looked at once a second: who holds too much for too long is cut.
 *
 * Each is judged by its own pace; when all of them together hold more than the machine should, the worst go first,
 * however quick they are, because nobody else may pay for them.
 */
import type { Outbox } from "./Outbox.ts"

export interface Readers {
  readonly all: ReadonlySet<Outbox>
  readonly add: (outbox: Outbox) => void
  readonly remove: (outbox: Outbox) => void
  readonly inspect: (now: number) => void
  readonly queuedBytes: () => number
}

/** What a reader held when it was closed, for the log. */
export interface Cut {
  /** Since the first byte that its socket did not take at once; 0 where it has taken all. */
  readonly heldUpMs: number
  readonly queuedBytes: number
}

export const makeReaders = (wasCut: (cut: Cut) => void): Readers => {
  const all = new Set<Outbox>()
  const queuedBytes = (): number => {
    let sum = 0
    for (const outbox of all) sum += outbox.queued()
    return sum
  }
  return {
    all,
    queuedBytes,
    add: (outbox) => void all.add(outbox),
    remove: (outbox) => void all.delete(outbox),
    inspect: (now) => {
      for (const outbox of all) {
        const cut = outbox.inspect(now)
        if (cut !== undefined) wasCut(cut)
      }
      let queued = queuedBytes()
      if (queued <= QUEUED_BY_ALL) return
      for (const outbox of [...all].sort((a, b) => b.queued() - a.queued())) {
        if (queued <= QUEUED_BY_ALL) return
        queued -= outbox.queued()
        const cut = outbox.cut(now)
        if (cut !== undefined) wasCut(cut)
      }
    }
  }
}

const QUEUED_BY_ALL = 512 * 1024 * 1024
