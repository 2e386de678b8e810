/** Runs as a user asks for them over the API and waits for their end. */
import { post, subscribe } from "./client.ts"
import type { Address } from "./client.ts"

export interface EndedRun {
  readonly id: string
  readonly phase: string
  readonly tookMs: number
  /** By bookmaker id. */
  readonly counts: ReadonlyMap<string, { readonly planned: number; readonly fetched: number; readonly failed: number }>
}

/** Starts a run over everything, or joins the one that is under way, and follows it to its end. */
export const fullRun = async (api: Address): Promise<EndedRun> => {
  const { startScrape } = await post<{ readonly startScrape: { readonly run: { readonly id: string } } }>(
    api,
    "mutation { startScrape { run { id } errors { message } } }"
  )
  const { id } = startScrape.run
  const progress = subscribe(api, "subscription ($id: ID!) { scrapeProgress(runId: $id) { phase } }", { id })
  await progress.completed
  const { scrapeRun } = await post<Answer>(
    api,
    `query ($id: ID!) { scrapeRun(id: $id) { phase startedAt endedAt counts { bookmakerId planned fetched failed } } }`,
    { id }
  )
  return {
    id,
    phase: scrapeRun.phase,
    tookMs: Date.parse(scrapeRun.endedAt) - Date.parse(scrapeRun.startedAt),
    counts: new Map(scrapeRun.counts.map((count) => [count.bookmakerId, count]))
  }
}

interface Answer {
  readonly scrapeRun: {
    readonly phase: string
    readonly startedAt: string
    readonly endedAt: string
    readonly counts: readonly {
      readonly bookmakerId: string
      readonly planned: number
      readonly fetched: number
      readonly failed: number
    }[]
  }
}
