/** Notices that nothing was heard for too long; looked at when its timer fires, because messages come by the thousand. */
import type { Cancel, Surroundings } from "./Surroundings.ts"

export interface Silence {
  readonly begin: () => void
  /** Something was heard. */
  readonly broken: () => void
  readonly end: () => void
}

export const makeSilence = (mostMs: number, { now, after }: Surroundings, tooLong: () => void): Silence => {
  let heardAt = now()
  let cancel: Cancel = () => undefined
  const look = (): void => {
    const left = heardAt + mostMs - now()
    if (left <= 0) tooLong()
    else cancel = after(left, look)
  }
  return {
    begin: () => {
      heardAt = now()
      cancel()
      cancel = after(mostMs, look)
    },
    broken: () => {
      heardAt = now()
    },
    end: () => cancel()
  }
}
