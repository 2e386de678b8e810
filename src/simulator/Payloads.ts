/**
 * Encoded details, kept until a price in them changes.
 *
 * Only the compressed form is kept (a tenth of the size), and only so much of it as the budget allows; the
 * plain text is made anew, which costs less than keeping a gigabyte of it.
 */
import { gzip } from "node:zlib"
import type { Detail } from "./Route.ts"

const BUDGET = 300_000_000

export class Payloads {
  readonly #kept = new Map<string, { readonly stamp: string; readonly bytes: Buffer }>()
  #size = 0

  /** Hands over the compressed body, at once where nothing has changed. */
  compressed(key: string, detail: Detail, then: (bytes: Buffer) => void): void {
    const stamp = `${detail.offer.version}${detail.closed ? "c" : ""}`
    const kept = this.#kept.get(key)
    if (kept?.stamp === stamp) return then(kept.bytes)
    compress(detail.encode(), (bytes) => {
      this.#keep(key, { stamp, bytes })
      then(bytes)
    })
  }

  #keep(key: string, entry: { readonly stamp: string; readonly bytes: Buffer }): void {
    this.#size += entry.bytes.length - (this.#kept.get(key)?.bytes.length ?? 0)
    // Deleted first, so that the oldest entry is the first of the map.
    this.#kept.delete(key)
    this.#kept.set(key, entry)
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#size <= BUDGET) break
      this.#kept.delete(oldest)
      this.#size -= bytes.length
    }
  }
}

/** Level 1: the sites' own ratio is a little better, and the processor is shared with the runtime. */
export const compress = (text: string, then: (bytes: Buffer) => void): void =>
  gzip(text, { level: 1 }, (error, bytes) => then(error === null ? bytes : Buffer.alloc(0)))
