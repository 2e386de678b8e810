/**
 * `kill -9` at random moments, while records flow and subscribers look on: of the corridor behind the bookmakers at its
 * rate, and of the whole house.
 *
 * What feeds them and the subscribers are judged from outside: what they were told and what they told is known there.
 */
import { quantile } from "../bench/rounds.ts"
import { atMost, none } from "./FaultRun.ts"
import type { Check, FaultRun, Least, Outcome, Size } from "./FaultRun.ts"
import { checksOf, leastCertain } from "./house/Judge.ts"
import { canTrace } from "./house/Syncs.ts"
import { acknowledgesTooEarly, countSyncs, WITHOUT_SYNC } from "./kills/Controls.ts"
import type { Amount } from "./kills/Lives.ts"
import { killCorridor, killWhole } from "./kills/Victims.ts"
import type { Fate } from "./kills/Victims.ts"

export const kills: FaultRun = {
  name: "kills",
  promise: "Whatever a subscriber saw is stored exactly once, however often the house is killed",
  run: (size, seed) => killed(AMOUNTS[size], seed)
}

interface Sized {
  readonly corridor: Amount
  readonly whole: Amount
  readonly events: number
  /** Snapshots fed a second, and records of changed prices a second that make the run count. */
  readonly fed: number
  readonly rate: number
  /** Records in whose commits syncs are counted, and the commits that make that count. */
  readonly synced: { readonly records: number; readonly commits: number }
}

const AMOUNTS: { readonly [S in Size]: Sized } = {
  short: {
    corridor: { kills: 3, longestMs: 1_200 },
    whole: { kills: 1, longestMs: 1_500 },
    events: 40,
    fed: 400,
    rate: 100,
    synced: { records: 800, commits: 50 }
  },
  long: {
    corridor: { kills: 200, longestMs: 2_500 },
    whole: { kills: 20, longestMs: 3_000 },
    events: 150,
    fed: 1_000,
    rate: 500,
    synced: { records: 4_000, commits: 300 }
  }
}

const killed = async (sized: Sized, seed: number): Promise<Outcome> => {
  const { corridor: most, whole: some, events, fed, rate, synced } = sized
  const corridor = await killCorridor(most, fed, seed)
  const whole = await killWhole(some, events, seed)
  const right = canTrace() ? await countSyncs(seed, synced.records) : undefined
  const wrong = canTrace() ? await countSyncs(seed, synced.records, WITHOUT_SYNC) : undefined
  return {
    checks: [
      ...checksOfFate("corridor", corridor),
      ...checksOfFate("house", whole),
      ...(right === undefined
        ? []
        : [none("acknowledged commits without a sync", Math.max(0, right.commits - right.syncs))])
    ],
    least: [
      ...leastOf("corridor", corridor, most),
      {
        what: "corridor: records of changed prices a second",
        seen: Math.round(corridor.records / corridor.seconds),
        atLeast: rate
      },
      ...leastOf("house", whole, some),
      { what: "house: kills of a run under way", seen: whole.lives.atWork, atLeast: Math.ceil(some.kills / 3) },
      ...(right === undefined
        ? []
        : [{ what: "commits whose syncs were counted", seen: right.commits, atLeast: synced.commits }])
    ],
    controls: [
      ...corridor.controls.map(({ what, caught }) => ({ what: `corridor: ${what}`, caught })),
      ...whole.controls.map(({ what, caught }) => ({ what: `house: ${what}`, caught })),
      await acknowledgesTooEarly(seed),
      ...(wrong === undefined
        ? []
        : [
            { what: "a journal with synchronous = normal: commits without a sync", caught: wrong.syncs < wrong.commits }
          ])
    ],
    counts: {
      ...countsOf("corridor", corridor),
      ...countsOf("house", whole),
      ...(right && { "syncs per commit": (right.syncs / right.commits).toFixed(2) })
    },
    notes: [
      "The corridor is every room but the bookmakers': a feed observes in the place of fetches and keeps an account of its own, a line before each snapshot; all that it was told to be durable is certain.",
      "Of the whole house, what the simulator served in a run that was heard to end is certain.",
      "Records of changed prices alone are counted, each with all the changed markets of a listing; seconds run from readiness to the kill.",
      "Syncs are those of the journal's log alone: a commit waits for one, and those of its file belong to checkpoints.",
      ...(right === undefined
        ? ["strace is not on this machine: syncs were not counted, and a missing one would not be caught."]
        : [])
    ]
  }
}

const checksOfFate = (who: string, { exit, followers, judgement, lives, saidDead }: Fate): readonly Check[] =>
  [
    ...checksOf(judgement),
    none(
      `snapshots instead of a resumption (${followers.flatMap(({ snapshots }) => snapshots).join() || "none"})`,
      followers.reduce((sum, { snapshots }) => sum + snapshots.length, 0)
    ),
    none("were ready and did not show yet what had been shown", lives.readyTooEarly),
    none("answers of /healthz that asked for a restart", saidDead),
    atMost("slowest restart to readiness", Math.max(...lives.startsMs) / 1_000, 20, "s"),
    none("exit code of the last one", exit ?? -1)
  ].map((check) => named(who, check))

const leastOf = (who: string, { judgement, lives }: Fate, { kills: times }: Amount): readonly Least[] => [
  { what: `${who}: kills`, seen: lives.kills.length, atLeast: times },
  {
    what: `${who}: kills with records not in Postgres yet`,
    seen: lives.undrained,
    atLeast: Math.floor(times / 10)
  },
  { what: `${who}: offers seen`, seen: judgement.seen, atLeast: 500 },
  named(who, leastCertain(judgement, Math.floor(times / 10) * 100))
]

const named = <A extends { readonly what: string }>(who: string, about: A): A => ({
  ...about,
  what: `${who}: ${about.what}`
})

const countsOf = (
  who: string,
  { followers, judgement, lives, records, seconds }: Fate
): Readonly<Record<string, number | string>> => {
  const counts = {
    "while starting": lives.whileStarting,
    "with the database": lives.withDatabase,
    "in a commit": lives.inCommit,
    "records/s": Math.round(records / seconds),
    rows: judgement.rows.length,
    snapshots: judgement.verdict.servings,
    "cut off": judgement.verdict.cutOff,
    resumed: followers.reduce((sum, { resumed }) => sum + resumed(), 0),
    "restart p50": `${Math.round(quantile(lives.startsMs, 0.5))} ms`,
    "restart p95": `${Math.round(quantile(lives.startsMs, 0.95))} ms`
  }
  return Object.fromEntries(Object.entries(counts).map(([what, count]) => [`${who}: ${what}`, count]))
}
