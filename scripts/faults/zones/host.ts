/** A host in one zone, or in each in turn: reads every format around every clock change, and prints what it counted. */
import { argv, env } from "node:process"
import { makeDecoder } from "../fuzz/Decoders.ts"
import type { Site } from "../fuzz/Subjects.ts"
import type { Counted } from "../zones.ts"
import { offsetText, transitionsOf, wallText } from "./Transitions.ts"
import type { Transition } from "./Transitions.ts"

const [, , host = "UTC", size = "short"] = argv
const MINUTES_30 = 1_800_000

const decode = makeDecoder()
const names = [...new Set([...Intl.supportedValuesOf("timeZone"), "UTC"])]
const counted = { zones: names.length, transitions: 0, read: 0, wrong: 0, localWrong: 0, first: "" }

const PAYLOADS: Readonly<Record<Site, (time: string | number) => object>> = {
  betpawa: (startTime) => ({
    id: "1",
    name: "Home - Away",
    startTime,
    widgets: [{ id: "7", type: "SPORTRADAR" }],
    competition: { id: "1", name: "Cup" },
    markets: []
  }),
  sportybet: (estimateStartTime) => ({
    bizCode: 10_000,
    data: {
      eventId: "sr:match:7",
      estimateStartTime,
      homeTeamName: "Home",
      awayTeamName: "Away",
      sport: { id: "sr:sport:1", category: { name: "England", tournament: { id: "1", name: "Cup" } } },
      markets: []
    }
  }),
  bet9ja: (STARTDATE) => ({ R: "OK", D: { ID: 1, EXTID: "7", DS: "Home - Away", STARTDATE, GID: 1, O: {} } })
}

const reads = (site: Site, time: string | number, expected: number): void => {
  const text = JSON.stringify(PAYLOADS[site](time))
  const subject = { site, endpoint: "event" as const, name: site, eventId: "7", text, json: undefined }
  const kickoff = decode(subject, text).listed[0]?.kickoff
  counted.read++
  if (kickoff === expected) return
  counted.wrong++
  counted.first ||= `${site} ${time} was read as ${kickoff}, not ${expected}`
}

/** Where its edges and its middle stand on the wall, by either offset, and half an hour to either side. */
const wallsOf = ({ at, before, after }: Transition): readonly number[] => {
  const [early, late] = [at + Math.min(before, after), at + Math.max(before, after)]
  return [early - MINUTES_30, early - 1_000, early, (early + late) / 2, late - 1_000, late, late + MINUTES_30]
}

for (const zone of names) {
  if (host === "everywhere") env["TZ"] = zone
  for (const transition of transitionsOf(zone, size === "long" ? "long" : "short")) {
    counted.transitions++
    for (const wall of wallsOf(transition)) {
      const text = wallText(wall)
      reads("bet9ja", text.replace("T", " "), wall)
      if (new Date(text).getTime() !== wall) counted.localWrong++
      for (const offset of [transition.before, transition.after]) {
        const instant = wall - offset
        reads("sportybet", instant, instant)
        reads("betpawa", `${wallText(instant)}Z`, instant)
        reads("betpawa", text + offsetText(offset), instant)
        reads("betpawa", text + offsetText(offset).replace(":", ""), instant)
        reads("bet9ja", wallText(instant).replace("T", " "), instant)
      }
    }
  }
}
console.log(JSON.stringify(counted satisfies Counted))
