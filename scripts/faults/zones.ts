/**
 * Every time zone's folds and gaps in the three time formats of the bookmakers, on hosts in several zones.
 *
 * Each host is a process of its own, since a zone belongs to a process; one of them moves through all zones itself, so
 * that every fold and gap is also met where it happens.
 */
import { execFile } from "node:child_process"
import { join } from "node:path"
import { none } from "./FaultRun.ts"
import type { FaultRun, Size } from "./FaultRun.ts"
import { lastYear, FIRST_YEAR } from "./zones/Transitions.ts"

const HOSTS = ["UTC", "Europe/Bucharest", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu", "everywhere"]

/** What a host counted. */
export interface Counted {
  readonly zones: number
  readonly transitions: number
  readonly read: number
  readonly wrong: number
  readonly localWrong: number
  readonly first: string
}

export const zones: FaultRun = {
  name: "zones",
  promise: "A kickoff is the same instant in every format, whatever the host's zone and the clocks' changes.",
  run: async (size) => {
    const hosts = await Promise.all(HOSTS.map(async (host) => ({ host, ...(await countedOn(host, size)) })))
    const sum = (of: (counted: Counted) => number) => hosts.reduce((total, counted) => total + of(counted), 0)
    return {
      checks: hosts.map(({ host, wrong }) => none(`wrong instants on a host in ${host}`, wrong)),
      least: [
        { what: "zones", seen: Math.min(...hosts.map((counted) => counted.zones)), atLeast: 400 },
        { what: "folds and gaps", seen: hosts[0]?.transitions ?? 0, atLeast: 200 },
        { what: "instants read", seen: sum(({ read }) => read), atLeast: 20_000 }
      ],
      controls: HOSTS.slice(1).map((host) => ({
        what: `new Date of a local text, on a host in ${host}`,
        caught: hosts.some((counted) => counted.host === host && counted.localWrong > 0)
      })),
      counts: {
        zones: hosts[0]?.zones ?? 0,
        "folds and gaps": hosts[0]?.transitions ?? 0,
        "instants read": sum(({ read }) => read)
      },
      notes: [
        `Clock changes of ${FIRST_YEAR} to ${lastYear(size)}; around each its edges, its middle, and half an hour to either side.`,
        "BetPawa's text with Z and with both offsets, SportyBet's milliseconds, Bet9ja's text without a zone (in UTC, also where the host has no such time or has it twice).",
        "The expected instants come from the zone database by Intl and from whole days counted by hand, never from Date.",
        ...hosts.flatMap(({ host, first }) => (first === "" ? [] : [`Wrong on ${host}: ${first}`]))
      ]
    }
  }
}

const countedOn = (host: string, size: Size): Promise<Counted> =>
  new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [join(import.meta.dirname, "zones/host.ts"), host, size],
      { env: { ...process.env, TZ: host === "everywhere" ? "UTC" : host } },
      (fault, output) => (fault === null ? resolve(JSON.parse(output)) : reject(fault))
    )
  })
