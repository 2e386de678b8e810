/**
 * The limit of a full run: a plain undici loop with the house's limits, which reads lists and details and keeps nothing.
 *
 * Each bookmaker goes at its own speed, and only pages of lists are tried again. What it parses, it times: the same bytes are
 * what the house's CPU is held against.
 */
import { promisify } from "node:util"
import { setTimeout as pause } from "node:timers/promises"
import { gunzip } from "node:zlib"
import { Agent, request } from "undici"
import { meanLatency, SITES } from "./sites.ts"
import type { Site } from "./sites.ts"

export interface PlainRun {
  readonly seconds: number
  readonly sites: readonly PlainSite[]
  readonly bytes: number
  /** CPU of this thread in `JSON.parse` of every detail, ms. */
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
  const parsed = { bytes: 0, micros: 0 }
  const began = performance.now()
  const sites = await Promise.all(SITES.map((site) => through(site, url, agent, parsed)))
  const seconds = (performance.now() - began) / 1_000
  await agent.close()
  return { seconds, sites, bytes: parsed.bytes, parseMs: parsed.micros / 1_000 }
}

const inflate = promisify(gunzip)

const through = async (
  site: Site,
  url: string,
  agent: Agent,
  parsed: { bytes: number; micros: number }
): Promise<PlainSite> => {
  const began = performance.now()
  const waiting: { readonly path: string; readonly list: boolean }[] = [{ path: site.listPath, list: true }]
  const known = new Set<string>()
  const counts = { lists: 0, details: 0, failed: 0, active: 0 }
  let wake = (): void => undefined

  const get = async (path: string): Promise<unknown> => {
    const { body, headers } = await request(url + (path.split("#")[0] ?? ""), {
      headers: { ...site.headers, "accept-encoding": "gzip" },
      dispatcher: agent
    })
    const wire = Buffer.from(await body.arrayBuffer())
    const text = (headers["content-encoding"] === "gzip" ? await inflate(wire) : wire).toString("utf8")
    const before = process.threadCpuUsage()
    const json: unknown = JSON.parse(text)
    const { user, system } = process.threadCpuUsage(before)
    parsed.bytes += text.length
    parsed.micros += user + system
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
