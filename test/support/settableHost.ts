/**
 * Preloaded into a house: its time of day, in all of its threads, is so many milliseconds ahead of the machine's as the
 * last message over the channel to its parent said. Timers and elapsed time stay the machine's, as when a clock is set.
 */
import { BroadcastChannel, isMainThread } from "node:worker_threads"

const machine = Date.now
const Machine = Date
let ahead = 0

Date.now = () => machine() + ahead
globalThis.Date = new Proxy(Machine, {
  construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [Date.now()] : given, made)
})

const threads = new BroadcastChannel("settableHost")
threads.unref()
threads.onmessage = (message: unknown) => hear(Reflect.get(Object(message), "data"))

if (isMainThread) {
  process.on("message", (message) => {
    hear(message)
    threads.postMessage(message)
  })
  // To listen must not keep a process alive that has nothing else to do.
  process.channel?.unref()
}

function hear(message: unknown): void {
  const told: unknown = Reflect.get(Object(message), "clockAheadMs")
  if (typeof told === "number") ahead = told
}
