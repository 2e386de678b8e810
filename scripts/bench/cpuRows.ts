/** Where a run's CPU went, next to what the same bytes cost whoever fetches and parses them once. */
import type { PlainRun } from "./plainLoop.ts"
import type { Probed } from "./probe.ts"
import { atMost, plainly } from "./report.ts"
import type { Row } from "./report.ts"

export const cpuRows = ({ cpuMs, mainMs, workersMs }: Probed, plain: PlainRun): readonly Row[] => [
  atMost("CPU of the warm run, all threads, to JSON.parse of the same bytes", cpuMs, plain.parseMs, 4, "ms"),
  plainly("of that, the main thread", mainMs, "ms"),
  plainly("of that, the journal's thread", workersMs, "ms"),
  plainly("of that, collecting garbage, compiling and libuv", cpuMs - mainMs - workersMs, "ms"),
  {
    ...atMost("CPU of the plain loop: fetched, unpacked and parsed once", plain.cpuMs, plain.parseMs, 4, "ms"),
    goal: "–",
    met: undefined
  }
]
