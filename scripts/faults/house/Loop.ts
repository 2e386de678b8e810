/** How late the event loop of a house was, by its own metric, of each ten seconds that lie within a watch. */
import { setTimeout as pause } from "node:timers/promises"

export interface LoopWatch {
  /** Its p99 in each of them, ms. */
  readonly stop: () => Promise<readonly number[]>
}

export const watchLoop = (url: string): LoopWatch => {
  const readings: (readonly [all: string, p99: number])[] = []
  let isOver = false
  const loop = async (): Promise<void> => {
    while (!isOver) {
      const text = await fetch(`${url}/metrics`).then(
        (answer) => answer.text(),
        () => undefined
      )
      if (text !== undefined) {
        const lines = text.split("\n").filter((line) => line.startsWith("event_loop_delay_ms{"))
        const all = lines.join()
        const p99 = lines.find((line) => line.includes('quantile="0.99"'))
        // A house of less than ten seconds tells none yet, and that is a reading too: the one of before the watch.
        if (readings.at(-1)?.[0] !== all) readings.push([all, Number(p99?.split(" ")[1])])
      }
      await pause(500)
    }
  }
  const ended = loop()
  return {
    stop: async () => {
      isOver = true
      await ended
      // The first is of before the watch, the next of a time that began before it.
      return readings.slice(2).map(([, p99]) => p99)
    }
  }
}
