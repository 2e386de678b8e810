/** What a run of tests over a broken tree says, and when its saying that time ran out may be believed. */
import type { Verdict } from "./Mutant.ts"

/** What vitest writes. */
export interface Report {
  readonly testResults: readonly {
    readonly message: string
    readonly status: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

/** A file that cannot even be loaded has noticed as well, if it could be loaded before. */
export const verdictOf = ({ testResults }: Report): Omit<Verdict, "seconds"> => {
  const all = testResults.flatMap(({ assertionResults }) => assertionResults)
  const failures = all.filter(({ status }) => status === "failed")
  const failed = failures.map(({ fullName }) => fullName)
  const passed = all.filter(({ status }) => status === "passed").length
  const unloaded = testResults.filter(
    ({ assertionResults, status }) => status === "failed" && assertionResults.length === 0
  )
  const ran = passed + failed.length
  if (failed.length > 0) {
    const onlyTime = failures.every(({ failureMessages = [] }) => failureMessages.some(isOutOfTime))
    return { fate: onlyTime ? "hung" : "killed", ran, failed }
  }
  if (unloaded.length > 0) return { fate: "killed", ran, failed: unloaded.map(({ message }) => message.slice(0, 200)) }
  return ran === 0
    ? { fate: "unrunnable", ran, failed: ["no test of that name ran"] }
    : { fate: "survived", ran, failed }
}

/** A machine that is busy hangs as well: what hung has noticed only where the sound tree, run right after it, does not. */
export const settled = async (verdict: Verdict, sound: () => Promise<Verdict>): Promise<Verdict> => {
  if (verdict.fate !== "hung") return verdict
  const { fate } = await sound()
  return fate === "survived"
    ? verdict
    : { ...verdict, fate: "unrunnable", failed: ["the sound tree does not end in its time either", ...verdict.failed] }
}

const isOutOfTime = (message: string): boolean => /^(\w+: )?Test timed out in \d+ms/.test(message)
