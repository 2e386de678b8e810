/** What a connection holds: an idle one that is subscribed, and one whose client never reads. */
import { inArena } from "./arena.ts"
import type { Contestant, Files } from "./arena.ts"

/** Bytes of RSS per socket. */
export const idleBytes = (contestant: Contestant, files: Files): Promise<number> =>
  inArena(contestant, files, async ({ gather, order }) => {
    const before = await order({ order: "rest" })
    await gather(IDLE)
    const after = await order({ order: "rest" })
    return (after.rss - before.rss) / IDLE
  })

/** Bytes on the heap and beside it per client that never reads, less those of the same run without any. */
export const stalledBytes = async (contestant: Contestant, files: Files): Promise<number> => {
  const alone = await heldBeside(0, contestant, files)
  return ((await heldBeside(STALLED, contestant, files)) - alone) / STALLED
}

const heldBeside = (stalled: number, contestant: Contestant, files: Files): Promise<number> =>
  inArena(contestant, files, async ({ gather, order }) => {
    const crowd = await gather(stalled + READING, stalled)
    const before = await order({ order: "rest" })
    await order({ order: "warm", changes: OFFERED, burst: 1 })
    await crowd.settle(OFFERED * READING)
    const after = await order({ order: "rest" })
    return after.held - before.held
  })

const IDLE = 1_000
const STALLED = 20
const READING = 2
/** About 27 MB for each, several times what the kernel takes. */
const OFFERED = 20_000
