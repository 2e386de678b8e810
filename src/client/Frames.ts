/**
 * At most one look per animation frame: changes are marked as they come, and everybody who shows something is told
 * together when the browser is about to draw.
 *
 * A thousand messages a second so cost sixty commits at most, and none while the page is hidden, where browsers
 * hold frames back. Outside of a browser a timer stands in.
 */
import type { Cancel } from "./Surroundings.ts"

/** Runs it at the next frame; what is asked for twice before then runs once. */
export type NextFrame = (run: () => void) => void

export const makeFrames = (request: (run: () => void) => unknown = requestFrame): NextFrame => {
  const waiting = new Set<() => void>()
  const flush = (): void => {
    const due = [...waiting]
    waiting.clear()
    for (const run of due) run()
  }
  return (run) => {
    if (waiting.size === 0) request(flush)
    waiting.add(run)
  }
}

const requestFrame = (run: () => void): unknown =>
  typeof requestAnimationFrame === "undefined" ? setTimeout(run, 16) : requestAnimationFrame(run)

/** A value that changes at frames only, in the form that React's `useSyncExternalStore` asks for. */
export interface Framed<View> {
  readonly subscribe: (listener: () => void) => Cancel
  readonly current: () => View
}

export interface Source<View> {
  readonly view: () => View
  readonly onChange: (listener: () => void) => Cancel
  readonly close: () => void
}

/** Opens its source with the first subscriber. `empty` is shown until then. */
export const framed = <View>(open: () => Source<View>, empty: View, nextFrame: NextFrame): Framed<View> => {
  let current = empty
  return {
    current: () => current,
    subscribe: (listener) => {
      const source = open()
      let left = false
      const draw = (): void => {
        const view = source.view()
        if (left || view === current) return
        current = view
        listener()
      }
      const leave = source.onChange(() => nextFrame(draw))
      nextFrame(draw)
      return () => {
        left = true
        leave()
        source.close()
      }
    }
  }
}
