/**
 * The end of every run over a whole house: all is fetched and stored, then what was seen, what was served, what is
 * stored and what the API says are held against each other.
 */
import { setTimeout as pause } from "node:timers/promises"
import { post } from "../../../test/support/client.ts"
import type { Address } from "../../../test/support/client.ts"
import { lostOf } from "../../../test/support/follower.ts"
import type { Follower } from "../../../test/support/follower.ts"
import { agreementWith, quiet } from "../../../test/support/invariant.ts"
import type { Agreement } from "../../../test/support/invariant.ts"
import { judge } from "../../../test/support/oracle.ts"
import type { Account, Verdict } from "../../../test/support/oracle.ts"
import { historyOf } from "../../../test/support/stored.ts"
import type { Stored, StoredRow } from "../../../test/support/stored.ts"
import { none } from "../FaultRun.ts"
import type { Check, Control, Least } from "../FaultRun.ts"

/** A house at the end of its run, and who looked on. */
export interface Witnessed {
  readonly api: Address
  readonly followers: readonly Follower[]
  /** What was served, beside these rows. */
  readonly accounts: (rows: readonly StoredRow[]) => Promise<readonly Account[]>
  /** Around these instants a serving may have been lost, whatever the account says. */
  readonly kills: readonly number[]
  readonly read: <A>(reads: (sql: Stored) => Promise<A>) => Promise<A>
}

export interface Judgement {
  readonly rows: readonly StoredRow[]
  readonly accounts: readonly Account[]
  readonly seen: number
  readonly lost: readonly string[]
  readonly breaches: readonly string[]
  readonly verdict: Verdict
  readonly agreed: Agreement
}

export const judgeHouse = async (witnessed: Witnessed): Promise<Judgement> => {
  const { api, followers, kills, read } = witnessed
  await quiet(api)
  const behind = await Promise.all(followers.map((follower) => digestFault(api, follower)))
  const agreed = await agreementWith(api, read)
  const rows = await read(historyOf)
  const accounts = await witnessed.accounts(rows)
  return {
    rows,
    accounts,
    seen: followers.reduce((sum, { seen }) => sum + seen.length, 0),
    lost: followers.flatMap(({ seen }) => lostOf(seen, rows)),
    breaches: [...followers.flatMap(({ breaches }) => breaches), ...behind.flat()],
    verdict: judge(accounts, kills),
    agreed
  }
}

/** What has to hold of every house, whatever was done to it; the first fault of each kind is told. */
export const checksOf = ({ lost, breaches, verdict, agreed }: Judgement): readonly Check[] => [
  ...counted("seen and not in Postgres", lost),
  ...counted("breaches of the stream's contract", breaches),
  ...counted("served and stored differently", verdict.faults),
  ...counted("markets only one side has a name for", verdict.leftOut),
  ...counted("stored, folded and served differently, twice or twice the same", agreed.faults)
]

/** Servings that must be in the history: without some, no serving that is lost would be missed. */
export const leastCertain = ({ accounts }: Pick<Judgement, "accounts">, atLeast: number): Least => ({
  what: "snapshots that must be in the history",
  seen: accounts.reduce((sum, { servings }) => sum + servings.filter(({ whole }) => whole).length, 0),
  atLeast
})

/** The same judge over a copy that was tampered with. */
export const tamperings = ({ rows, accounts }: Judgement, { followers, kills }: Witnessed): readonly Control[] => {
  const offer = followers[0]?.seen.at(-1)
  const without = rows.filter(
    ({ at, event, bookmaker, market }) => !(offer?.changedAt === at && offer.id === `${event}/${bookmaker}/${market}`)
  )
  const tampered = (alter: (rows: readonly StoredRow[]) => readonly StoredRow[]): boolean =>
    judge(
      accounts.map((account, i) => (i === 0 ? { ...account, rows: alter(account.rows) } : account)),
      kills
    ).faults.length > 0
  return [
    {
      what: "the row of one offer seen is taken away",
      caught: offer !== undefined && lostOf([offer], without).length === 1
    },
    { what: "the first row of a listing is taken away", caught: tampered((all) => all.slice(1)) },
    { what: "the last row of a listing is stored twice", caught: tampered((all) => [...all, ...all.slice(-1)]) }
  ]
}

const counted = (what: string, faults: readonly string[]): readonly Check[] => [
  none(faults[0] === undefined ? what : `${what} (${faults[0]})`, faults.length)
]

/** Once nothing changes any more, the fold and the server stand at one cursor with one digest. */
const digestFault = async (api: Address, follower: Follower): Promise<readonly string[]> => {
  const deadline = performance.now() + LEVEL_WITHIN_MS
  for (;;) {
    const { cacheDigest } = await post<Digest>(api, DIGEST, { filter: follower.filter })
    if (follower.digest() === cacheDigest.digest) return []
    if (performance.now() > deadline) {
      return [`at ${follower.cursor()} a follower folds to another digest than the server's at ${cacheDigest.cursor}`]
    }
    await pause(100)
  }
}

const LEVEL_WITHIN_MS = 8_000
const DIGEST = "query ($filter: OddsFilter) { cacheDigest(filter: $filter) { digest cursor } }"

interface Digest {
  readonly cacheDigest: { readonly digest: string; readonly cursor: string }
}
