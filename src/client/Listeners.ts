/** Who wants to hear of a change; a listener may leave while it is told. */
import type { Cancel } from "./Surroundings.ts"

export interface Listeners {
  readonly add: (listener: () => void) => Cancel
  readonly tell: () => void
}

export const makeListeners = (): Listeners => {
  const listeners = new Set<() => void>()
  return {
    add: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell: () => {
      for (const listener of listeners) listener()
    }
  }
}
