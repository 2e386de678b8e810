/**
 * Unpacks a body under a cap of its own.
 *
 * It is done here and not by undici's interceptor because zlib's `maxOutputLength` stops a bomb without keeping what came
 * before.
 */
import zlib from "node:zlib"
import type { Dispatcher } from "undici"
import { Effect } from "effect"
import type { Scope } from "effect"
import type { FetchError } from "../FetchError.ts"
import type { Asked } from "../Http.ts"
import { tooLarge, undecodable, unreachable } from "./Faults.ts"
import { LARGE_UNPACKED, LARGE_UNTOLD } from "./Room.ts"
import type { Place } from "./Room.ts"

const MAX_INFLATED = 33_554_432
/** How many times its packed size a large body may come to: sound ones come to twenty at most, zeros to a thousand. */
const MOST_FOLD = 200

export const inflate = (
  asked: Asked,
  head: Dispatcher.ResponseData,
  wire: Buffer,
  place: Place
): Effect.Effect<Buffer, FetchError, Scope.Scope> => {
  const named = head.headers["content-encoding"]
  const encoding = String(named ?? "identity")
    .trim()
    .toLowerCase()
  if (encoding === "identity" || encoding === "" || wire.length === 0) return Effect.succeed(wire)
  if (encoding.includes(",")) {
    const layers = encoding.split(",").length
    return Effect.fail(
      undecodable(asked, "content-encoding", `the body is packed ${layers} times over, and once is the limit`)
    )
  }
  const decompress = INFLATIONS.get(encoding)
  if (decompress === undefined)
    return Effect.fail(undecodable(asked, "content-encoding", `"${encoding.slice(0, 40)}" was not asked for`))
  return unpackedHere(asked, encoding, decompress.here, wire).pipe(
    Effect.catchTag("TooLarge", () =>
      place.large.pipe(
        Effect.andThen(place.unpacking(measured(asked, encoding, decompress.pieces, wire))),
        Effect.andThen(place.unpacking(unpacked(asked, encoding, decompress.whole, wire)))
      )
    )
  )
}

/**
 * A body of ordinary size is unpacked in this thread: that takes half a millisecond, and to have another thread do it
 * and tell takes longer. It gets no more room than it says it needs, so one that says too little is taken for a large one.
 */
const unpackedHere = (
  asked: Asked,
  encoding: string,
  decompress: InflaterHere,
  wire: Buffer
): Effect.Effect<Buffer, FetchError> => {
  const told = toldSize(encoding, wire)
  if (told !== undefined && told > LARGE_UNPACKED) return Effect.fail(tooLarge(asked, `${told} bytes once inflated`))
  const most = told === undefined ? LARGE_UNTOLD : told + 1
  return Effect.try({
    try: () => decompress(wire, { maxOutputLength: most, chunkSize: sizeOnce(encoding, wire, LARGE_UNPACKED) }),
    catch: (cause) => inflateFault(asked, encoding, cause)
  })
}

/**
 * Ends well if the body is within its cap, with every piece dropped at once: a bomb takes no memory before it is known.
 * Most are known by how far they swell long before the cap, so that a hundred of them cost no more than a few pieces each.
 */
const measured = (
  asked: Asked,
  encoding: string,
  pieces: Inflation["pieces"],
  wire: Buffer
): Effect.Effect<void, FetchError> =>
  Effect.callback((resume) => {
    const stream = pieces()
    let size = 0
    stream.on("data", (piece: Buffer) => {
      size += piece.length
      const swells = size > LARGE_UNTOLD && size > MOST_FOLD * stream.bytesWritten
      if (size <= MAX_INFLATED && !swells) return
      stream.destroy()
      const what = swells ? `over ${MOST_FOLD} times its packed size once inflated` : "over 32 MB once inflated"
      resume(Effect.fail(tooLarge(asked, what)))
    })
    stream.on("end", () => resume(Effect.void))
    stream.on("error", (cause) => resume(Effect.fail(inflateFault(asked, encoding, cause))))
    stream.end(wire)
  })

const unpacked = (
  asked: Asked,
  encoding: string,
  decompress: Inflater,
  wire: Buffer
): Effect.Effect<Buffer, FetchError> =>
  Effect.callback((resume) => {
    const options = { maxOutputLength: MAX_INFLATED, chunkSize: sizeOnce(encoding, wire, MOST_ROOM) }
    decompress(wire, options, (cause, body) => {
      resume(cause === null ? Effect.succeed(body) : Effect.fail(inflateFault(asked, encoding, cause)))
    })
  })

interface Bounds {
  readonly maxOutputLength: number
  readonly chunkSize: number
}
type InflaterHere = (wire: Buffer, bounds: Bounds) => Buffer
type Inflater = (
  wire: Buffer,
  bounds: Bounds,
  done: (cause: NodeJS.ErrnoException | null, body: Buffer) => void
) => void

/**
 * Room for the whole body, so that it takes one trip and no copying: the default room of 16 kB made it twenty, which
 * cost more than inflating. What gzip says of its size is a hint, and bounded.
 */
const sizeOnce = (encoding: string, wire: Buffer, most: number): number =>
  Math.min(Math.max((toldSize(encoding, wire) ?? wire.length * 10) + 64, LEAST_ROOM), most)

const toldSize = (encoding: string, wire: Buffer): number | undefined =>
  encoding.endsWith("gzip") && wire.length > 18 ? wire.readUInt32LE(wire.length - 4) : undefined

const LEAST_ROOM = 16_384
const MOST_ROOM = 2_097_152

interface Inflation {
  readonly here: InflaterHere
  readonly whole: Inflater
  readonly pieces: () => zlib.Gunzip | zlib.Inflate | zlib.BrotliDecompress
}

const GZIP: Inflation = { here: zlib.gunzipSync, whole: zlib.gunzip, pieces: () => zlib.createGunzip() }

const INFLATIONS: ReadonlyMap<string, Inflation> = new Map([
  ["gzip", GZIP],
  ["x-gzip", GZIP],
  ["deflate", { here: zlib.inflateSync, whole: zlib.inflate, pieces: () => zlib.createInflate() }],
  ["br", { here: zlib.brotliDecompressSync, whole: zlib.brotliDecompress, pieces: () => zlib.createBrotliDecompress() }]
])

const inflateFault = (asked: Asked, encoding: string, cause: unknown): FetchError => {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined
  if (code === "ERR_BUFFER_TOO_LARGE") return tooLarge(asked, "over 32 MB once inflated")
  if (code === "Z_BUF_ERROR") return unreachable(asked, `the ${encoding} body ends early`)
  return undecodable(asked, "content-encoding", `the body is not ${encoding} (${String(code ?? cause)})`)
}
