/**
 * What other processes have used, from Linux's own counters; all threads of a process together.
 */
import { readdirSync, readFileSync } from "node:fs"

/**
 * CPU used so far, in ms. From the scheduler, which counts in nanoseconds: the steps of 10 ms in `stat` are too coarse
 * for a process that a busy machine gives half a second in all.
 */
export const cpuMsOf = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    const [ran = ""] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")
    return sum + Number(ran) / 1e6
  }, 0)
