/**
 * One snapshot per bookmaker, the largest at hand: what a synthetic board is made of.
 */
import type { Snapshot } from "../../src/domain/Snapshot.ts"
import { decoderOf } from "./adapters.ts"
import { payloads } from "./payloads.ts"

export const basePayloads = async (): Promise<readonly Snapshot[]> => {
  const largest = new Map<string, Snapshot>()
  for (const payload of await payloads()) {
    const snapshot = decoderOf(payload)()
    const held = largest.get(payload.bookmakerId)
    if (held === undefined || held.board.milli.length < snapshot.board.milli.length)
      largest.set(payload.bookmakerId, snapshot)
  }
  return [...largest.values()]
}
