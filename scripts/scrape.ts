/**
 * Starts a run by mutation and follows it to its end: a progress bar in a terminal, plain lines elsewhere.
 *
 * Exits 0 when everything was fetched, 1 when anything was not: PARTIAL is 1 too, because a script that waits for odds
 * must not go on without some of them. With `--wait=stored` it also waits until Postgres has them.
 */
import { argv, env, exit, stderr, stdout } from "node:process"
import { setTimeout as pause } from "node:timers/promises"
import { parseArgs } from "node:util"
import { createClient } from "graphql-ws"

const USAGE = `npm run scrape -- [--bookmaker b] [--competition c] [--event id] [--wait[=stored]]

Each of the first three may be given several times; without any of them everything is scraped.
The server is ODDSWIRE_URL, else http://HOST:PORT (127.0.0.1:4000); its token, where it asks for one, ODDSWIRE_TOKEN.
`

interface Wanted {
  readonly input: {
    readonly bookmakers?: readonly string[]
    readonly competitions?: readonly string[]
    readonly events?: readonly string[]
  }
  readonly stored: boolean
}

interface Progress {
  readonly phase: string
  readonly current: number
  readonly total: number
  readonly message: string
  readonly run: { readonly failureCount: number }
}

const main = async (): Promise<number> => {
  const wanted = readArguments()
  if (wanted === undefined) return 2
  const runId = await start(wanted)
  if (runId === undefined) return 1
  const last = await follow(runId)
  if (last === undefined) return 1
  if (last.run.failureCount > 0) await showFailures(runId)
  if (wanted.stored && !(await untilStored(runId))) return 1
  return last.phase === "COMPLETED" ? 0 : 1
}

const server = (env["ODDSWIRE_URL"] ?? `http://${env["HOST"] ?? "127.0.0.1"}:${env["PORT"] ?? "4000"}`).replace(
  /\/+$/,
  ""
)
const token = env["ODDSWIRE_TOKEN"]

const readArguments = (): Wanted | undefined => {
  // parseArgs has no optional values: a bare --wait is one with the usual value.
  const args = argv.slice(2).map((arg) => (arg === "--wait" ? "--wait=ended" : arg))
  const many = { type: "string", multiple: true } as const
  try {
    const { values } = parseArgs({
      args,
      options: { bookmaker: many, competition: many, event: many, wait: { type: "string" }, help: { type: "boolean" } }
    })
    if (values.help === true) {
      stdout.write(USAGE)
      exit(0)
    }
    if (values.wait !== undefined && values.wait !== "ended" && values.wait !== "stored")
      return misused(`--wait is ${JSON.stringify(values.wait)}; it may be "stored" or without a value.`)
    return {
      input: {
        ...(values.bookmaker && { bookmakers: values.bookmaker }),
        ...(values.competition && { competitions: values.competition }),
        ...(values.event && { events: values.event })
      },
      stored: values.wait === "stored"
    }
  } catch (error) {
    return misused(error instanceof Error ? error.message : String(error))
  }
}

const misused = (sentence: string): undefined => void stderr.write(`${sentence}\n\n${USAGE}`)

/** The id of the run; undefined when it was refused, which has been said. */
const start = async ({ input }: Wanted): Promise<string | undefined> => {
  const data = await ask<{
    startScrape: { run: { id: string } | null; joined: boolean; errors: readonly { message: string }[] }
  }>("mutation ($input: StartScrapeInput!) { startScrape(input: $input) { run { id } joined errors { message } } }", {
    input
  })
  if (data === undefined) return undefined
  const { run, joined, errors } = data.startScrape
  for (const { message } of errors) stderr.write(`${message}\n`)
  if (run !== null)
    stdout.write(joined ? `Joined run ${run.id}, which was fetching this already.\n` : `Started run ${run.id}.\n`)
  return run?.id
}

/** Shows the run until it ends; its last progress, or undefined when the connection could not be kept. */
const follow = async (runId: string): Promise<Progress | undefined> => {
  const client = createClient({
    url: `${server.replace(/^http/, "ws")}/graphql`,
    retryAttempts: 10,
    ...(token !== undefined && { connectionParams: { token } })
  })
  const query =
    "subscription ($runId: ID!) { scrapeProgress(runId: $runId) { phase current total message run { failureCount } } }"
  let last: Progress | undefined
  try {
    for await (const { data, errors } of client.iterate<{ scrapeProgress: Progress }>({
      query,
      variables: { runId }
    })) {
      for (const { message } of errors ?? []) stderr.write(`${message}\n`)
      if (data === undefined || data === null) continue
      last = data.scrapeProgress
      show(last)
    }
  } catch (error) {
    stderr.write(
      `\nThe connection to ${server} was lost while run ${runId} went on (${reasonOf(error)}); see scrapeRun(id: "${runId}").\n`
    )
    return undefined
  } finally {
    await client.dispose()
  }
  if (stdout.isTTY) stdout.write("\n")
  return last
}

const BAR_WIDTH = 30

const show = ({ phase, current, total, message, run }: Progress): void => {
  const share = total === 0 ? 0 : current / total
  const failed = run.failureCount === 0 ? "" : `, ${run.failureCount} failed`
  if (!stdout.isTTY) return void stdout.write(`${phase} ${current}/${total}${failed} ${message}\n`)
  const done = Math.round(share * BAR_WIDTH)
  const bar = "█".repeat(done) + "░".repeat(BAR_WIDTH - done)
  stdout.write(
    `\r\u001b[K${bar} ${String(Math.floor(share * 100)).padStart(3)} % ${current}/${total}${failed} ${phase.toLowerCase()}: ${message}`.slice(
      0,
      (stdout.columns ?? 80) + 3
    )
  )
}

const showFailures = async (runId: string): Promise<void> => {
  const data = await ask<{
    scrapeRun: { failures: { totalCount: number; nodes: readonly { message: string }[] } } | null
  }>("query ($id: ID!) { scrapeRun(id: $id) { failures(first: 10) { totalCount nodes { message } } } }", { id: runId })
  const failures = data?.scrapeRun?.failures
  if (failures === undefined) return
  for (const { message } of failures.nodes) stderr.write(`  ${message}\n`)
  if (failures.totalCount > failures.nodes.length)
    stderr.write(`  and ${failures.totalCount - failures.nodes.length} more\n`)
}

const STORED_WITHIN_S = 120

const untilStored = async (runId: string): Promise<boolean> => {
  for (let second = 0; second < STORED_WITHIN_S; second++) {
    const data = await ask<{ scrapeRun: { stored: boolean } | null }>(
      "query ($id: ID!) { scrapeRun(id: $id) { stored } }",
      { id: runId }
    )
    if (data === undefined) return false
    if (data.scrapeRun?.stored === true) return true
    await pause(1_000)
  }
  stderr.write(
    `Run ${runId} is durable in the journal, but Postgres did not have it within ${STORED_WITHIN_S} s; see system { storage { reachable backlog } }.\n`
  )
  return false
}

/** The data of an answer; undefined when there is none, which has been said. */
const ask = async <Data>(query: string, variables: object): Promise<Data | undefined> => {
  try {
    const response = await fetch(`${server}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(15_000)
    })
    const { data, errors }: { data?: Data | null; errors?: readonly { message: string }[] } = await response.json()
    for (const { message } of errors ?? []) stderr.write(`${message}\n`)
    return data ?? undefined
  } catch (error) {
    stderr.write(
      `No oddswire answers at ${server} (${reasonOf(error)}): start it with npm start, or set ODDSWIRE_URL.\n`
    )
    return undefined
  }
}

const reasonOf = (error: unknown): string => {
  if (error instanceof Error) return error.cause instanceof Error ? error.cause.message : error.message
  if (typeof error === "object" && error !== null && "code" in error) return `closed with ${String(error.code)}`
  return Array.isArray(error) ? error.map(({ message }) => message).join("; ") : "no reason given"
}

exit(await main())
