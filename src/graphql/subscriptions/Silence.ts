/**
 * The iterator of a subscription whose messages bypass the library: it stays silent until it ends.
 *
 * graphql-ws keeps the protocol and calls `return` on complete and on close; ending it from our side makes the
 * library send `complete`, or `error` where it is refused.
 */
import type { Unanswerable } from "../../broadcast/Subscriber.ts"

export interface Silence extends AsyncIterableIterator<never, undefined> {
  readonly end: (refusal: Unanswerable | undefined) => void
}

/** `leave` is called at once when the client goes. */
export const makeSilence = (leave: () => void): Silence => {
  const over = Promise.withResolvers<IteratorResult<never, undefined>>()
  // It may be refused before the library asks for anything.
  over.promise.catch(() => undefined)
  const done = { done: true, value: undefined } as const
  const silence: Silence = {
    [Symbol.asyncIterator]: () => silence,
    next: () => over.promise,
    return: () => {
      leave()
      over.resolve(done)
      return Promise.resolve(done)
    },
    end: (refusal) => {
      if (refusal === undefined) over.resolve(done)
      else over.reject(refusal)
    }
  }
  return silence
}
