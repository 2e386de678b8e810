/**
 * Payloads of the three bookmakers: the recordings that lie beside the repository, else the simulator's own.
 */
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { startSimulator } from "./simulator.ts"
import { SITES } from "./sites.ts"

export interface Payload {
  readonly bookmakerId: string
  readonly eventId: string
  readonly text: string
  /** Where it comes from, for the report. */
  readonly source: string
}

const SAMPLES = fileURLToPath(new URL("../../../shared/bookmakers/samples/", import.meta.url))

const RECORDED = [
  { bookmakerId: "betpawa-ng", eventId: "68995116", file: "betpawa/event_v3_prematch_sr68995116.json" },
  { bookmakerId: "betpawa-ng", eventId: "67691078", file: "betpawa/event_v4_prematch_sr67691078.json" },
  { bookmakerId: "sportybet-ng", eventId: "68995116", file: "sportybet/event_prematch_sr68995116.json" },
  { bookmakerId: "bet9ja-ng", eventId: "68995116", file: "bet9ja/GetEvent_prematch_sr68995116.trans_trimmed.json" }
]

/** Recordings where there are any, and one whole event of the simulator from each bookmaker. */
export const payloads = async (): Promise<readonly Payload[]> => [...recorded(), ...(await simulated())]

const recorded = (): readonly Payload[] =>
  RECORDED.filter(({ file }) => existsSync(SAMPLES + file)).map(({ bookmakerId, eventId, file }) => ({
    bookmakerId,
    eventId,
    text: readFileSync(SAMPLES + file, "utf8"),
    source: "recorded"
  }))

const simulated = async (): Promise<readonly Payload[]> => {
  const simulator = await startSimulator(["--events", "40", "--latency", "none", "--faults", "none"])
  const [event] = (await simulator.events()).filter(({ ids }) => SITES.every(({ name }) => ids[name] !== undefined))
  if (event === undefined) throw new Error("No simulated event is listed by every bookmaker.")
  const all = await Promise.all(
    simulator.sites.map(async (site) => {
      const text = await site.detail(event.ids[site.name] ?? "")
      return { bookmakerId: site.bookmakerId, eventId: event.sportradarId, text: text.toString(), source: "simulated" }
    })
  )
  await simulator.stop()
  return all
}
