/**
 * Who follows the day: each filter twice, once by somebody who stays and once by somebody who comes and goes, and two
 * who take what they are told wrongly.
 */
import { setTimeout as pause } from "node:timers/promises"
import { listen } from "../../../test/support/client.ts"
import type { Address } from "../../../test/support/client.ts"
import { follow } from "../drops/Follower.ts"
import type { Ear, Faults, Follower } from "../drops/Follower.ts"
import type { Draw } from "../house/Draw.ts"
import { forgetsNothing, keepsKickoffs, makeWitness } from "./Witness.ts"
import type { Witness } from "./Witness.ts"

export interface Audience {
  /** Hears everything and never leaves. */
  readonly witness: Witness
  /** Some leave and some come back. */
  readonly stir: (now: number) => Promise<void>
  readonly allBack: (now: number) => Promise<void>
  /** Answers how to wait until everybody who is here has heard something from now on; who has not in time is counted. */
  readonly attention: () => () => Promise<number>
  /** How many of those who are here hold something else than the server, once all that is under way has come. */
  readonly differing: () => Promise<number>
  /** The same of the two who take it wrongly. */
  readonly wrong: () => Promise<number>
  readonly returns: readonly { readonly awayMs: number; readonly kind: string }[]
  readonly faults: () => readonly Faults[]
  readonly deliveries: () => number
  readonly close: () => void
}

interface Seat {
  readonly follower: Follower
  readonly filter: object
  readonly stays: boolean
  leftAt: number | undefined
}

export const gather = async (port: number, filters: readonly object[], draw: Draw): Promise<Audience> => {
  const api: Address = { http: `http://127.0.0.1:${port}/graphql` }
  const witness = makeWitness()
  const sit = async (filter: object, stays: boolean, ear?: Ear): Promise<Seat> => ({
    follower: await follow(port, filter, ear),
    filter,
    stays,
    leftAt: undefined
  })
  const seats = [await sit({}, true, witness.ear)]
  for (const filter of filters) seats.push(await sit(filter, true), await sit(filter, false))
  const wrongly = [await sit({}, true, forgetsNothing), await sit({}, true, keepsKickoffs())]
  const returns: { readonly awayMs: number; readonly kind: string }[] = []

  const leave = (seat: Seat, now: number): void => {
    seat.leftAt = now
    seat.follower.leave((["FIN", "RST", "SILENCE"] as const)[Math.floor(draw.share() * 3)] ?? "FIN")
  }
  const comeBack = async (seat: Seat, leftAt: number, now: number): Promise<void> => {
    await seat.follower.comeBack()
    seat.leftAt = undefined
    returns.push({ awayMs: now - leftAt, kind: seat.follower.returns.at(-1)?.kind ?? "" })
  }
  const differ = async (some: readonly Seat[]): Promise<number> => {
    let different = some.filter(({ leftAt }) => leftAt === undefined)
    // What is under way arrives; time stands still.
    for (let tries = 0; tries < TRIES && different.length > 0; tries++) {
      if (tries > 0) await pause(20)
      const digests = new Map<object, string>()
      for (const { filter } of different) if (!digests.has(filter)) digests.set(filter, await digestOf(api, filter))
      different = different.filter(({ filter, follower }) => follower.fold.digest() !== digests.get(filter))
    }
    return different.length
  }

  return {
    witness,
    returns,
    stir: async (now) => {
      for (const seat of seats) {
        if (seat.stays) continue
        if (seat.leftAt === undefined) {
          if (draw.share() < LEAVES) leave(seat, now)
        } else if (draw.share() < RETURNS) await comeBack(seat, seat.leftAt, now)
      }
    },
    allBack: async (now) => {
      for (const seat of seats) if (seat.leftAt !== undefined) await comeBack(seat, seat.leftAt, now)
    },
    attention: () => {
      const here = [...seats, ...wrongly].filter(({ leftAt }) => leftAt === undefined)
      const before = here.map(({ follower }) => follower.deliveries())
      return async () => {
        const silent = (): number => here.filter(({ follower }, i) => follower.deliveries() === before[i]).length
        for (let waited = 0; silent() > 0 && waited < PATIENCE_MS; waited++) await pause(1)
        return silent()
      }
    },
    differing: () => differ(seats),
    wrong: () => differ(wrongly),
    faults: () => seats.map(({ follower }) => follower.faults()),
    deliveries: () => seats.reduce((sum, { follower }) => sum + follower.deliveries(), 0),
    close: () => [...seats, ...wrongly].forEach(({ follower }) => follower.close())
  }
}

const TRIES = 200
const PATIENCE_MS = 20_000
/** At each step; about two minutes away, as long as a cursor is good for. */
const LEAVES = 1 / 40
const RETURNS = 1 / 10

const DIGEST = "query ($filter: OddsFilter) { cacheDigest(filter: $filter) { digest } }"

const digestOf = async (api: Address, filter: object): Promise<string> => {
  let digest = ""
  const hear = ({ cacheDigest }: Digest): void => {
    digest = cacheDigest.digest
  }
  const asked = listen<Digest>(api, DIGEST, { filter }, hear)
  await asked.completed
  asked.close()
  return digest
}

interface Digest {
  readonly cacheDigest: { readonly digest: string }
}
