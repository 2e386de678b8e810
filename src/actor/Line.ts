/**
 * The messages waiting in a mailbox, oldest first, in a ring of a fixed number of places.
 *
 * A message may replace an older one of its key without losing that one's place in line. The message held
 * for its actor is never replaced: what was merged onto it would be dropped with it.
 */

export interface Conflation<M> {
  /** Messages of one key replace each other; undefined is never replaced. */
  readonly key: (message: M) => string | undefined
  readonly merge: (older: M, newer: M) => M
}

export interface Line<M> {
  readonly size: () => number
  readonly full: () => boolean
  /** Merges onto the waiting message of the same key; false when there is none. */
  readonly merge: (message: M) => boolean
  /** Puts at the end; only while not full. */
  readonly push: (message: M) => void
  /** The oldest, held in its place from now on. */
  readonly hold: () => M | undefined
  /** Removes the held message, if one is held. */
  readonly letGo: () => void
  readonly shift: () => M | undefined
}

// Object and string messages alone: an absent place is told from a message by `undefined`.
export const makeLine = <M extends NonNullable<unknown>>(capacity: number, conflation: Conflation<M>): Line<M> => {
  const places: (M | undefined)[] = []
  const placeOf = new Map<string, number>()
  let first = 0
  let size = 0
  let held = false

  const unlist = (message: M): void => {
    const key = conflation.key(message)
    if (key !== undefined && placeOf.get(key) === first) placeOf.delete(key)
  }

  const shift = (): M | undefined => {
    const message = places[first]
    if (message === undefined) return undefined
    unlist(message)
    places[first] = undefined
    first = (first + 1) % capacity
    size -= 1
    held = false
    return message
  }

  return {
    size: () => size,
    full: () => size >= capacity,
    merge: (message) => {
      const key = conflation.key(message)
      const place = key === undefined ? undefined : placeOf.get(key)
      const older = place === undefined ? undefined : places[place]
      if (place === undefined || older === undefined) return false
      places[place] = conflation.merge(older, message)
      return true
    },
    push: (message) => {
      const place = (first + size) % capacity
      const key = conflation.key(message)
      places[place] = message
      size += 1
      if (key !== undefined) placeOf.set(key, place)
    },
    hold: () => {
      const message = places[first]
      if (message === undefined) return undefined
      unlist(message)
      held = true
      return message
    },
    letGo: () => {
      if (held) shift()
    },
    shift
  }
}
