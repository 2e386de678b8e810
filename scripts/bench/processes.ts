/**
 * What other processes have used, from Linux's own counters; all threads of a process together.
 */
import { readFileSync } from "node:fs"

/** CPU used so far, in ms; in steps of the kernel's clock, which is 10 ms. */
export const cpuMsOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? []
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

// sysconf(_SC_CLK_TCK) is 100 on every Linux that Node runs on.
const TICK_MS = 10
