/**
 * The list that a dashboard asks for, 50 events with 5 markets of 3 bookmakers, and how benchmarks ask a house for it.
 */
import { setTimeout as pause } from "node:timers/promises"
import type { Client } from "undici"
import type { House } from "./house.ts"

export type Asked = ReturnType<typeof asked>

/** Another `from` is another question with the same answer. */
export const asked = (from: number) => ({
  method: "POST" as const,
  path: "/graphql",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ query: GRID, variables: { from: new Date(from).toISOString() } })
})

const GRID = `query Grid($from: DateTime) {
  events(first: 50, filter: { kickoffFrom: $from }) {
    nodes {
      id name kickoff competition { name }
      comparisons(first: 5, markets: ["1x2_ft", "double_chance_ft", "over_under_ft@2.5", "btts_ft", "draw_no_bet_ft"]) {
        market { key }
        offers { bookmakerId state outcomes { outcome price state } }
      }
    }
  }
}`

/** How long the answer took, ms. */
export const answerTime = async (client: Client, request: Asked): Promise<number> => {
  const began = performance.now()
  const { body, statusCode } = await client.request(request)
  const answer = Buffer.from(await body.arrayBuffer())
  if (statusCode !== 200) throw new Error(`The answer has status ${statusCode}: ${answer.toString().slice(0, 400)}`)
  return performance.now() - began
}

/** Waits until every event has been fetched once, and stops the schedule, for which it needs Postgres. */
export const filled = async (house: House): Promise<void> => {
  await fullRun(house)
  await pause(5_000)
  const stored = "{ system { storage { reachable } } }"
  while (!(await house.ask<{ system: { storage: { reachable: boolean } } }>(stored)).system.storage.reachable)
    await pause(200)
  await house.ask("mutation { pauseSchedule { errors { message } } }")
}

/** From its start to its end. */
export const fullRun = async (house: House): Promise<void> => {
  const started = await house.ask<{ startScrape: { run: { id: string } } }>("mutation { startScrape { run { id } } }")
  const { id } = started.startScrape.run
  const over = "query Over($id: ID!) { scrapeRun(id: $id) { endedAt } }"
  while ((await house.ask<{ scrapeRun: { endedAt: string | null } }>(over, { id })).scrapeRun.endedAt === null)
    await pause(200)
}
