/** One damage to a journal on disk: a byte flipped, or the rest of a file cut off; header, first page, index and log included. */
import { openSync, closeSync, readSync, truncateSync, writeSync } from "node:fs"
import { join } from "node:path"
import type { Draw } from "../house/Draw.ts"
import type { Specimen } from "./specimens.ts"

export type Place = "header" | "page 1" | "database" | "log header" | "log frame header" | "log"

export interface Damage {
  readonly way: "flip" | "cut"
  readonly place: Place
  readonly offset: number
  /** Never 0: that would flip nothing. */
  readonly mask: number
}

const PAGE = 4_096
const LOG_HEADER = 32
const FRAME_HEADER = 24

export const drawDamage = ({ databaseBytes, walBytes }: Specimen, way: Damage["way"], draw: Draw): Damage => {
  const below = (end: number) => Math.floor(draw.share() * end)
  const frames = Math.max(1, Math.floor((walBytes - LOG_HEADER) / (PAGE + FRAME_HEADER)))
  // Most of it is prices, and those are where a wrong byte would be believed.
  const places: readonly (readonly [Place, () => number])[] = [
    ["header", () => below(100)],
    ["page 1", () => 100 + below(PAGE - 100)],
    ["database", () => below(databaseBytes)],
    ["database", () => below(databaseBytes)],
    ["database", () => below(databaseBytes)],
    ["log header", () => below(LOG_HEADER)],
    ["log frame header", () => LOG_HEADER + below(frames) * (PAGE + FRAME_HEADER) + below(FRAME_HEADER)],
    ["log", () => below(walBytes)]
  ]
  const [place, offset] = places[below(places.length)] ?? ["database", () => 0]
  return { way, place, offset: offset(), mask: 1 + below(255) }
}

export const inflict = (folder: string, { mask, offset, place, way }: Damage): void => {
  const path = join(folder, "journal", place.startsWith("log") ? "journal.sqlite-wal" : "journal.sqlite")
  if (way === "cut") return truncateSync(path, offset)
  const file = openSync(path, "r+")
  const byte = new Uint8Array(1)
  if (readSync(file, byte, 0, 1, offset) === 1) writeSync(file, Uint8Array.of((byte[0] ?? 0) ^ mask), 0, 1, offset)
  closeSync(file)
}
