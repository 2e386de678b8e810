/** What one server spends per delivery, how fast it goes at most, and how late it is at half of that. */
import { quantile } from "../rounds.ts"
import { inArena } from "./arena.ts"
import type { Contestant, Files } from "./arena.ts"

export interface Measured {
  readonly cpuUs: number
  readonly perSecond: number
  readonly framesPerChange: number
  readonly lost: number
  readonly clientBusy: number
  readonly bytesPerFrame: number
  /** At half of saturation, milliseconds. */
  readonly p50: number
  readonly p99: number
}

export const measure = (contestant: Contestant, files: Files, sockets: number): Promise<Measured> =>
  inArena(contestant, files, async ({ order, cpuMs, gather }) => {
    const { burst } = contestant
    const crowd = await gather(sockets)
    // As long as what is measured: ten changes leave code that runs once per change, as ours does, still uncompiled.
    const warmed = await order({ order: "saturate", ms: SATURATE_MS, burst, sockets })
    const before = await crowd.settle(warmed.changes * sockets)
    const cpu = cpuMs()
    const saturated = await order({ order: "saturate", ms: SATURATE_MS, burst, sockets })
    const after = await crowd.settle(before.delivered + saturated.changes * sockets)
    const used = cpuMs() - cpu
    const deliveries = after.delivered - before.delivered
    const perSecond = (deliveries * 1e6) / (after.lastUs - saturated.beganUs)
    await crowd.latencies()
    const paced = await order({ order: "pace", ms: PACE_MS, perSecond: Math.max(1, perSecond / sockets / 2) })
    await crowd.settle(after.delivered + paced.changes * sockets)
    const times = await crowd.latencies()
    return {
      cpuUs: (used * 1_000) / deliveries,
      perSecond,
      framesPerChange: (after.frames - before.frames) / deliveries,
      lost: saturated.changes * sockets - deliveries,
      clientBusy: (after.cpuUs - before.cpuUs) / (after.lastUs - saturated.beganUs),
      bytesPerFrame: (after.bytes - before.bytes) / (after.frames - before.frames),
      p50: quantile(times, 0.5) / 1_000,
      p99: quantile(times, 0.99) / 1_000
    }
  })

/** Of the server's CPU, so that a busy machine makes a round longer and not less sure. */
const SATURATE_MS = 1_000
const PACE_MS = 1_000
