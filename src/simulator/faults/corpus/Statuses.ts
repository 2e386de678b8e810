/**
 * Statuses and throttling: S35–S52 of the corpus. A fault that is not the same every time goes by how many it has met.
 */
import { sends } from "../Fault.ts"
import type { Fault, Faults } from "../Fault.ts"
import { fault, page, refusal, slowDown } from "../Named.ts"

const good = sends(() => ({}))

/** One after the other, round and round. */
const inTurn =
  (...faults: readonly Fault[]): Fault =>
  (answering) =>
    faults[(answering.ordinal - 1) % faults.length]?.(answering)

const dated = (seconds: number): Fault =>
  sends(({ now }) => ({
    status: 429,
    body: "{}",
    // Both by the simulator's clock: a date says something only beside the date of its writer.
    headers: { date: new Date(now).toUTCString(), "retry-after": new Date(now + seconds * 1_000).toUTCString() }
  }))

export const STATUSES: Faults = {
  S35: fault(400),
  S36: refusal(401),
  S37: refusal(403),
  S38: page(403),
  S39: fault(404),
  S40: fault(410),
  S41: slowDown(429, undefined),
  S42: slowDown(429, "5"),
  S43: dated(90),
  S44: dated(-3_600),
  S45: slowDown(429, "-1"),
  S46: slowDown(429, "abc"),
  S47: slowDown(429, "1e12"),
  S48: fault(500),
  S49: inTurn(fault(502), fault(503), fault(504)),
  S50: slowDown(503, "5"),
  S51: inTurn(...[520, 521, 522, 523, 524, 525, 526].map(fault)),
  S52: (answering) => (answering.ordinal % 10 === 0 ? good : fault(500))(answering)
}
