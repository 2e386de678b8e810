/** Listens with the shortest queue there is, and then does nothing for ever: a thread of its own, because it blocks. */
import { createServer } from "node:net"
import { parentPort, workerData } from "node:worker_threads"

const { host, port }: { readonly host: string; readonly port: number } = workerData
createServer().listen({ host, port, backlog: 1 }, () => {
  parentPort?.postMessage("listening")
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})
