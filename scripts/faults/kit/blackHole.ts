/**
 * An address that swallows connections: no refusal, no answer, as behind a firewall that drops.
 *
 * Somebody listens there and never accepts; once his short queue is full the kernel drops every further SYN.
 */
import { once } from "node:events"
import { connect } from "node:net"
import { Worker } from "node:worker_threads"

/** Any other address of the loopback than the one on which everything else listens. */
export const BLACK_HOLE = "127.0.0.2"

const MORE_THAN_THE_QUEUE = 4

/** Swallows what comes to this port of `BLACK_HOLE`; answers how to end it. */
export const openBlackHole = async (port: number): Promise<() => Promise<void>> => {
  const worker = new Worker(new URL("./blackHoleWorker.ts", import.meta.url), {
    workerData: { host: BLACK_HOLE, port }
  })
  await once(worker, "message")
  const fillers = Array.from({ length: MORE_THAN_THE_QUEUE }, () => connect({ host: BLACK_HOLE, port }))
  for (const filler of fillers) filler.on("error", () => undefined)
  await once(fillers[0] ?? worker, "connect")
  return async () => {
    for (const filler of fillers) filler.destroy()
    await worker.terminate()
  }
}
