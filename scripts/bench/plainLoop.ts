/**
 * The limit of a full run: a plain undici loop with the house's limits, which reads lists and details and keeps nothing.
 *
 * Each bookmaker goes at its own speed, and only pages of lists are tried again. The bodies it
 * got are parsed once more behind it, with nothing else going on: that is what the house's CPU is held against.
 */
import { setTimeout as pause } from "node:timers/promises"
import { gunzipSync } from "node:zlib"
import { Agent, request } from "undici"
import { meanLatency, SITES } from "./sites.ts"
import type { Site } from "./sites.ts"

export interface PlainRun {
  readonly seconds: number
  readonly sites: readonly PlainSite[]
  readonly bytes: number
  /** CPU of this process, all threads, for fetching, unpacking and parsing all of it, ms. */
  readonly cpuMs: number
  /** CPU of this process, all threads, in `JSON.parse` of all of it, warmed up and collecting its garbage included, ms. */
  readonly parseMs: number
}

export interface PlainSite {
  readonly name: string
  readonly seconds: number
  readonly lists: number
  readonly details: number
  readonly failed: number
  /** Σ requests × latency ÷ concurrency by the recorded means, seconds. */
  readonly computedSeconds: number
}

export const plainRun = async (url: string): Promise<PlainRun> => {
  const agent = new Agent({ connections: 200, pipelining: 1 })
  const got: Buffer[] = []
  const began = performance.now()
  const before = process.cpuUsage()
  const sites = await Promise.all(SITES.map((site) => through(site, url, agent, got)))
  const cpuMs = cpuSince(before)
  const seconds = (performance.now() - began) / 1_000
  await agent.close()
  return { seconds, sites, cpuMs, ...parsedAgain(got) }
}

const cpuSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

/** The second of two passes counts. A few at a time are unpacked first, since all texts together fill the memory. */
const parsedAgain = (got: readonly Buffer[]): Pick<PlainRun, "bytes" | "parseMs"> => {
  let bytes = 0
  let parseMs = 0
  for (let pass = 0; pass < 2; pass++) {
    bytes = parseMs = 0
    for (let from = 0; from < got.length; from += UNPACKED_AT_ONCE) {
      const texts = got.slice(from, from + UNPACKED_AT_ONCE).map(textOf)
      const before = process.cpuUsage()
      for (const text of texts) JSON.parse(text)
      parseMs += cpuSince(before)
      bytes += texts.reduce((sum, text) => sum + text.length, 0)
    }
  }
  return { bytes, parseMs }
}

const UNPACKED_AT_ONCE = 100
const GZIP_SIGNATURE = 0x1f8b

const textOf = (wire: Buffer): string =>
  (wire.length > 2 && wire.readUInt16BE(0) === GZIP_SIGNATURE ? gunzipSync(wire) : wire).toString("utf8")

const through = async (site: Site, url: string, agent: Agent, got: Buffer[]): Promise<PlainSite> => {
  const began = performance.now()
  const waiting: { readonly path: string; readonly list: boolean }[] = [{ path: site.listPath, list: true }]
  const known = new Set<string>()
  const counts = { lists: 0, details: 0, failed: 0, active: 0 }
  let wake = (): void => undefined

  const get = async (path: string): Promise<unknown> => {
    const { body } = await request(url + (path.split("#")[0] ?? ""), {
      headers: { ...site.headers, "accept-encoding": "gzip" },
      dispatcher: agent
    })
    const wire = Buffer.from(await body.arrayBuffer())
    const json: unknown = JSON.parse(textOf(wire))
    got.push(wire)
    return json
  }

  const one = async ({ path, list }: { readonly path: string; readonly list: boolean }): Promise<void> => {
    const body = await get(path).catch(() => undefined)
    counts[list ? "lists" : "details"]++
    if (body === undefined) {
      counts.failed++
      // A lost page would lose a hundred events, and the limit would be of less work than ours.
      if (list) waiting.unshift({ path, list })
    } else if (list) {
      const { ids, more } = site.readList(body, path)
      waiting.unshift(...more.map((next) => ({ path: next, list: true })))
      for (const id of ids) {
        if (known.has(id)) continue
        known.add(id)
        waiting.push({ path: site.detailPath(id), list: false })
      }
    }
    if (site.pauseMs > 0) await pause(site.pauseMs)
  }

  while (waiting.length > 0 || counts.active > 0) {
    const next = counts.active < site.atOnce ? waiting.shift() : undefined
    if (next === undefined) {
      await new Promise<void>((resolve) => (wake = resolve))
      continue
    }
    counts.active++
    void one(next).finally(() => {
      counts.active--
      wake()
    })
  }
  const { lists, details, failed } = counts
  const computedSeconds = ((lists + details) * (meanLatency(site) + site.pauseMs)) / site.atOnce / 1_000
  return { name: site.name, seconds: (performance.now() - began) / 1_000, lists, details, failed, computedSeconds }
}
