/**
 * Space: ninety days on a virtual clock against a real Postgres and a real journal, a few rows a day.
 *
 * The upkeep, the writer and the journal run as they do in production; only the days pass faster. What is judged is
 * what lies in the tables and files afterwards.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { exactly, none } from "./FaultRun.ts"
import type { FaultRun } from "./FaultRun.ts"
import { passDays } from "./space/days.ts"
import type { Passed } from "./space/days.ts"

const RETENTION_DAYS = 15
const SIZES = { short: { days: 40, markets: 30 }, long: { days: 90, markets: 400 } } as const

export const space: FaultRun = {
  name: "space",
  promise: "History, newest values and journal stay within what retention allows, however many days pass",
  run: async (size, seed) => {
    const { days, markets } = SIZES[size]
    const inFolder = (retentionDays: number): Promise<Passed> => {
      const folder = mkdtempSync(join(tmpdir(), "oddswire-space-"))
      return passDays({
        folder,
        days,
        markets,
        retentionDays,
        seed,
        fileBytes: () => bytesIn(join(folder, "journal"))
      }).finally(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 }))
    }
    const kept = await inFolder(RETENTION_DAYS)
    const endless = await inFolder(3_650)
    const settled = kept.samples.slice(RETENTION_DAYS + 5)
    const growth = most(settled.map(({ bytes }) => bytes)) / Math.max(1, settled[0]?.bytes ?? 1)
    const journalMost = most(kept.samples.map(({ journalBytes }) => journalBytes))
    return {
      checks: [
        none("rows older than retention", kept.oldRows),
        none("rows in default partitions", kept.strayRows),
        // Retention reaches back to the first day that is kept, and three days lie ahead.
        exactly("days of history", kept.partitions, RETENTION_DAYS + 1 + 3),
        exactly("rows of the days that are kept, and those carried into them", kept.keptRows, kept.expectedRows),
        bounded("database once retention is full, most against first", growth, 1.1),
        bounded("bytes of the journal's files, most, in MB", journalMost / 1e6, 160),
        {
          what: "days until full as told",
          seen: String(kept.told.daysUntilFull ?? "never"),
          must: "never",
          holds: kept.told.daysUntilFull === undefined
        },
        {
          what: "growth per day as told, in bytes",
          seen: String(kept.told.growthPerDay ?? "unknown"),
          must: "> 0",
          holds: (kept.told.growthPerDay ?? 0) > 0
        }
      ],
      least: [
        { what: "days passed", seen: kept.samples.length, atLeast: days },
        { what: "rows written", seen: kept.written, atLeast: days * markets },
        { what: "days dropped", seen: days - RETENTION_DAYS, atLeast: 20 }
      ],
      controls: [
        { what: "without an end to retention old rows stay", caught: endless.partitions > kept.partitions + 10 },
        {
          what: "without an end to retention the database grows",
          caught: (endless.samples.at(-1)?.bytes ?? 0) > (kept.samples.at(-1)?.bytes ?? Infinity)
        }
      ],
      counts: {
        days,
        "rows written": kept.written,
        "bytes at the end": kept.samples.at(-1)?.bytes ?? 0,
        "bytes at the end without retention": endless.samples.at(-1)?.bytes ?? 0
      },
      notes: [
        `Retention is ${RETENTION_DAYS} days, ${markets} markets change once a day, and their events end each day.`,
        "Bytes are those of tables and indexes; an empty day takes 32 kB or so in each table, which bounds what a small run can show."
      ]
    }
  }
}

const bounded = (what: string, seen: number, mostAllowed: number) => ({
  what,
  seen: seen.toFixed(2),
  must: `≤ ${mostAllowed}`,
  holds: seen <= mostAllowed
})

const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0)

const bytesIn = (folder: string): number =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
