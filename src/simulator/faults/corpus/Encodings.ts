/**
 * Encodings and kinds of content: E53–E76 of the corpus.
 */
import zlib from "node:zlib"
import { parsedJson } from "../../Route.ts"
import { sends } from "../Fault.ts"
import type { Fault, Faults } from "../Fault.ts"
import { FORMATS } from "../Formats.ts"
import { BLOCK_PAGE, endless, gzipBomb, HTML, text } from "../Named.ts"

const typed = (type: string): Fault => sends(() => ({ headers: { "content-type": type } }))

/** A body under an encoding that it may or may not have. */
const encoded = (encoding: string, pack: (good: Buffer) => Buffer): Fault =>
  sends(({ good }) => ({ body: pack(Buffer.from(good)), headers: { "content-encoding": encoding } }))

const bytes = (pack: (good: string) => Buffer): Fault => sends(({ good }) => ({ body: pack(good) }))

const layers = (count: number) => (good: Buffer) =>
  Array.from({ length: count }).reduce((packed: Buffer) => zlib.gzipSync(packed, { level: 1 }), good)

/** The checksum stands eight bytes before the end. */
const spoilt = (good: Buffer): Buffer => {
  const packed = zlib.gzipSync(good, { level: 1 })
  packed.writeUInt8(packed.readUInt8(packed.length - 8) ^ 1, packed.length - 8)
  return packed
}

/** 100 kB of brotli that become 200 MB: made when it is first asked for. */
let bomb: Buffer | undefined
const brotliBomb = (): Buffer =>
  (bomb ??= zlib.brotliCompressSync(Buffer.alloc(200_000_000, "0"), {
    params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 }
  }))

const PLACE = "\u007f"

/** The home team's name begins with a byte that only Latin-1 can read, or nothing at all. */
const misspelt = (byte: number): Fault =>
  sends(({ bookmaker, good }) => {
    const root = parsedJson(good)
    const format = FORMATS[bookmaker]
    const event = format.event(root)
    const [home, away] = format.teams(event)
    format.setTeams(event, PLACE + home, away)
    const body = Buffer.from(JSON.stringify(root))
    return { body: body.map((each) => (each === PLACE.charCodeAt(0) ? byte : each)) }
  })

export const ENCODINGS: Faults = {
  E53: text(BLOCK_PAGE, HTML),
  E54: text(BLOCK_PAGE),
  E55: typed("text/plain"),
  E56: typed(""),
  E57: gzipBomb,
  E58: encoded("gzip, gzip, gzip, gzip, gzip, gzip", layers(6)),
  E59: encoded("br", brotliBomb),
  E60: encoded("gzip", (good) => {
    const packed = zlib.gzipSync(good, { level: 1 })
    return packed.subarray(0, packed.length >> 1)
  }),
  E61: encoded("gzip", spoilt),
  E62: encoded("gzip", (good) => good),
  E63: encoded("br", (good) => zlib.gzipSync(good, { level: 1 })),
  E64: encoded("zstd", (good) => zlib.zstdCompressSync(good)),
  E65: bytes((good) => Buffer.from(`\ufeff${good}`)),
  E66: bytes((good) => Buffer.from(good, "utf16le")),
  E67: misspelt(0xe9),
  E68: misspelt(0xff),
  E69: bytes((good) => Buffer.concat([Buffer.from(good), Buffer.alloc(50_000_000, " ")])),
  E70: endless,
  E71: text(""),
  E72: text("   \n  "),
  E73: sends(({ good }) => ({ body: `${good}\n${good}` })),
  E74: sends(({ good }) => ({ body: `callback(${good});` })),
  E75: sends(({ good }) => ({ body: `{"at":1}\n${good}\n` })),
  E76: sends(({ good }) => ({ body: `)]}',\n${good}` }))
}
