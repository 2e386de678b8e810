/**
 * What is put to a house that runs, how it ends, and what the house has to say of it meanwhile.
 *
 * A fault that shows late is inflicted only once it is there by another witness than the house: Postgres itself, or the
 * source that was altered.
 */
import { setTimeout as pause } from "node:timers/promises"
import type postgres from "postgres"
import { post } from "../../../test/support/client.ts"
import type { Address } from "../../../test/support/client.ts"
import type { Controls } from "../../../test/support/controls.ts"
import type { House } from "../../../test/support/house.ts"
import type { StoppablePostgres } from "../../../test/support/stoppablePostgres.ts"
import type { Hooks } from "../disk/Hooks.ts"
import { untilSo } from "../house/Waiting.ts"
import { untilStored, WELL } from "./Told.ts"
import type { State } from "./Told.ts"

export interface Fault {
  readonly what: string
  readonly inflict: () => Promise<unknown>
  /** Ends when it is over in truth; undefined = it stays for as long as the house does. */
  readonly mend: (() => Promise<unknown>) | undefined
  readonly state: State
}

export interface Stage {
  readonly api: Address
  readonly house: House
  readonly hooks: Hooks
  readonly postgres: StoppablePostgres
  readonly simulator: Controls
  readonly sql: postgres.Sql
}

export const faultsOn = ({ api, house, hooks, postgres, simulator, sql }: Stage) => {
  /** A run of its own: one that is joined may have fetched everything before the fault. */
  const scrape = () =>
    untilSo("a run begins", async () => {
      const { startScrape } = await post<{ readonly startScrape: { readonly joined: boolean | null } }>(
        api,
        "mutation { startScrape { joined } }"
      )
      return startScrape.joined !== true
    })
  /** Every price moves and is fetched. */
  const change = async () => {
    await simulator.move(1)
    await scrape()
  }
  const stored = () => untilStored(api)
  const passing = async (): Promise<boolean> => {
    const { bookmakers } = await post<{
      readonly bookmakers: readonly { readonly work: { readonly breakers: readonly { readonly state: string }[] } }[]
    }>(api, "{ bookmakers { work { breakers { state } } } }")
    return bookmakers.every(({ work }) => work.breakers.every(({ state }) => state === "CLOSED"))
  }
  const answering = async () => {
    await simulator.clearFaults()
    await untilSo("every breaker is closed", passing)
  }
  const unhelpful = (what: string, bookmaker: string, kind: string): Fault => ({
    what,
    inflict: async () => {
      await simulator.order({ bookmaker, kind })
      await scrape()
    },
    mend: answering,
    state: noticed(["bookmakers"], [`breaker ${bookmaker}-ng`])
  })
  const away = noticed(["postgres", "backlog"], ["away postgres", "held writer"])
  return {
    blocked: unhelpful("a bookmaker blocks", "betpawa", "403html"),
    broken: unhelpful("a bookmaker answers with 500", "sportybet", "500"),
    silent: unhelpful("a bookmaker does not answer in time", "bet9ja", "H17"),
    stopped: {
      what: "Postgres is stopped",
      inflict: async () => {
        await postgres.stop()
        await change()
      },
      mend: async () => {
        await postgres.start()
        await stored()
      },
      state: away
    },
    frozen: {
      what: "Postgres stands still",
      inflict: async () => {
        postgres.freeze()
        await change()
      },
      mend: async () => {
        postgres.thaw()
        await stored()
      },
      state: away
    },
    held: {
      what: "Postgres refuses every row for a reason that nobody knows",
      inflict: async () => {
        await sql.unsafe(`create or replace function refuse() returns trigger language plpgsql as
          $$ begin raise exception 'strange' using errcode = 'ZX123'; end $$`)
        await sql`create trigger refuse before insert on market_history for each row execute function refuse()`
        await change()
      },
      mend: async () => {
        await sql`drop trigger refuse on market_history`
        await stored()
      },
      state: noticed(["backlog"], ["held writer"])
    },
    parked: {
      what: "Postgres refuses a row for what it is",
      inflict: async () => {
        const [row] = await sql`select event_id, bookmaker_id, market from market_current where line is null limit 1`
        await sql.unsafe(`alter table market_history add constraint forbidden check (not (
          event_id = '${row?.event_id}' and bookmaker_id = '${row?.bookmaker_id}' and market = '${row?.market}')) not valid`)
        await change()
        await untilSo("a row is parked", async () => (await sql`select 1 from dead_letter limit 1`).length > 0)
      },
      mend: async () => {
        await sql`alter table market_history drop constraint forbidden`
        await post(api, "mutation { replayDeadLetters { stillParked } }")
      },
      state: noticed(["parked"], ["parked history"])
    },
    stray: {
      what: "history lies in the default partition",
      inflict: () => sql`
        insert into market_history (day, epoch, seq, position, at, event_id, bookmaker_id, phase, market, layout_id, milli,
          previous, states, state, since, changed_at)
        values ('2000-01-01', 1, 1, 1, now(), '1', 'betpawa-ng', 'PREMATCH', 'btts_ft', 1, '{1800}', '{0}', 'o', 'CONFIRMED', now(), now())`,
      mend: () => sql`truncate market_history_default`,
      state: noticed(["space"], ["partition history"])
    },
    full: {
      what: "the journal's disk is full",
      inflict: async () => {
        hooks.refusing.fill()
        await change()
      },
      mend: async () => hooks.refusing.free(),
      state: noticed(["journal"], ["degraded journal"])
    },
    set: {
      what: "the clock is set a minute ahead",
      inflict: async () => house.send({ clockAheadMs: 60_000 }),
      mend: undefined,
      state: noticed(["clock"], ["clock clock"])
    },
    givenUp: {
      what: "the broadcaster has given up",
      inflict: () => giveUp(api, /http:\S+\/killer/.exec(house.output())?.[0] ?? "", "broadcaster"),
      mend: undefined,
      state: { ...noticed(["given up", "actors"], ["failed broadcaster"]), live: 503, ready: 503 }
    }
  } satisfies { readonly [name: string]: Fault }
}

const noticed = (complaints: readonly string[], incidents: readonly string[]): State => ({
  ...WELL,
  complaints: new Set(complaints),
  incidents: new Set(incidents)
})

const giveUp = async (api: Address, killer: string, name: string): Promise<void> => {
  for (let i = 0; i < 300; i++) {
    const { system } = await post<{ system: { actors: readonly { name: string; state: string }[] } }>(
      api,
      "{ system { actors { name state } } }"
    )
    const state = system.actors.find((actor) => actor.name === name)?.state
    if (state === "FAILED") return
    if (state === "RUNNING") await fetch(`${killer}?actor=${name}`)
    await pause(50)
  }
  throw new Error(`${name} never gave up`)
}
