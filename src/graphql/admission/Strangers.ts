/**
 * Sockets that have not said yet who they are: 500 in all, 20 of one address, so that whoever only connects takes
 * no place from those who come with a token.
 *
 * Who has become known is noticed when the next one comes; nothing has to be told.
 */

export interface Stranger {
  /** Undefined for as long as it is a stranger. */
  readonly caller: object | undefined
}

export interface Strangers {
  /** False where this address, or everybody together, has as many as may be. */
  readonly hasRoomFor: (address: string) => boolean
  readonly came: (stranger: Stranger, address: string) => void
  readonly gone: (stranger: Stranger) => void
}

export const makeStrangers = (): Strangers => {
  const addresses = new Map<Stranger, string>()
  const countOf = (address: string): number => {
    let count = 0
    for (const [stranger, from] of addresses) {
      if (stranger.caller !== undefined) addresses.delete(stranger)
      else if (from === address) count += 1
    }
    return count
  }
  return {
    hasRoomFor: (address) => countOf(address) < MOST_OF_AN_ADDRESS && addresses.size < MOST,
    came: (stranger, address) => void addresses.set(stranger, address),
    gone: (stranger) => void addresses.delete(stranger)
  }
}

const MOST = 500
const MOST_OF_AN_ADDRESS = 20
