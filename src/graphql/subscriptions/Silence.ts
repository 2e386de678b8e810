/**
 * The iterator of a subscription whose messages bypass the library: it stays silent until it ends.
 *
 * graphql-ws keeps the protocol and calls `return` on complete and on close; ending it from our side makes the
 * library send `complete`.
 */
export interface Silence extends AsyncIterableIterator<never, undefined> {
  readonly end: () => void
}

/** `leave` is called at once when the client goes. */
export const makeSilence = (leave: () => void): Silence => {
  const over = Promise.withResolvers<IteratorResult<never, undefined>>()
  const end = (): Promise<IteratorResult<never, undefined>> => {
    over.resolve({ done: true, value: undefined })
    return over.promise
  }
  const silence: Silence = {
    [Symbol.asyncIterator]: () => silence,
    next: () => over.promise,
    return: () => {
      leave()
      return end()
    },
    end: () => void end()
  }
  return silence
}
