/**
 * `npm start`: the whole house on this machine, against the simulator, or with `--live` against the real bookmakers.
 *
 * Sets the environment and hands over to `src/main.ts` in this same process, so that signals and exit code are
 * the runtime's own. Whatever base URL is already set stays; options other than `--live` go to the simulator.
 */
import { NoSimulator, startSimulator } from "./start/simulator.ts"

const NODE = 24

const main = async (): Promise<void> => {
  const options = process.argv.slice(2)
  const live = options.includes("--live")
  if (Number.parseInt(process.versions.node) < NODE) {
    return refuse(`oddswire runs on Node ${NODE} and this is ${process.version}: use npm start, which brings its own.`)
  }
  if (live && options.length > 1) {
    return refuse(
      `--live takes no other option, and there is ${options.filter((option) => option !== "--live").join(" ")}.`
    )
  }
  const { LIVE_BASE_URLS } = await import("../src/bookmakers/Roster.ts")
  const unset = Object.entries(LIVE_BASE_URLS).filter(([name]) => (process.env[name] ?? "") === "")
  process.env["WORLD"] = live ? "live" : "simulator"
  if (live) for (const [name, url] of unset) process.env[name] = url
  else if (unset.length > 0) {
    const simulator = await startSimulator(options)
    for (const [name] of unset) process.env[name] = `${simulator}/${rootOf(name)}`
  }
  await import("../src/main.ts")
}

/** The simulator serves each bookmaker below a root named after its variable: `BET9JA_BASE_URL` at `/bet9ja`. */
const rootOf = (name: string): string => name.replace(/_BASE_URL$/, "").toLowerCase()

const refuse = (sentence: string): void => {
  console.error(sentence)
  process.exitCode = 2
}

await main().catch((error: unknown) => {
  if (!(error instanceof NoSimulator)) throw error
  refuse(error.message)
})
