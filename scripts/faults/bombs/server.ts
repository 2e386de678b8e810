/** A server whose answers are small on the wire and huge once unpacked, or never end. */
import { randomBytes } from "node:crypto"
import { createServer } from "node:http"
import type { ServerResponse } from "node:http"
import { brotliCompressSync, constants, deflateSync, gzipSync } from "node:zlib"

type Answer = (response: ServerResponse) => void

/** An answer, and with what whoever reads it may end; whatever else is its fault. */
export interface Bomb {
  readonly answer: Answer
  readonly ends: readonly string[]
}

const LARGE = ["TooLarge", "TimedOut"]
const LAYERED = ["Unreadable at content-encoding"]

const MB = 1_048_576
const zeros = Buffer.alloc(200 * MB)
const gzip = gzipSync(zeros)
/** Swells no more than sound answers might: only its size gives it away. */
const plausible = Buffer.alloc(50 * MB, randomBytes(20_000).toString("base64"))
const json = Buffer.from(`[${"1,".repeat(25 * MB - 2)}1]`)

const packed = (encoding: string, body: Buffer): Answer => {
  return (response) => {
    response.writeHead(200, { "content-type": "application/json", "content-encoding": encoding })
    response.end(body)
  }
}

const layers = (count: number): Buffer => {
  let body = gzip
  for (let layer = 1; layer < count; layer++) body = gzipSync(body)
  return body
}

/** As fast as the reader takes it, or a little at a time. */
const endless =
  (chunk: Buffer, everyMs: number): Answer =>
  (response) => {
    response.writeHead(200, { "content-type": "application/json" })
    const more = (): void => {
      if (response.destroyed) return
      const flows = response.write(chunk)
      if (everyMs > 0) setTimeout(more, everyMs)
      else if (flows) setImmediate(more)
      else response.once("drain", more)
    }
    more()
  }

const told = (count: number): Answer => packed(Array.from({ length: count }, () => "gzip").join(", "), layers(count))

export const BOMBS: Readonly<Record<string, Bomb>> = {
  gzip: { answer: packed("gzip", gzip), ends: LARGE },
  deflate: { answer: packed("deflate", deflateSync(zeros)), ends: LARGE },
  brotli: {
    answer: packed("br", brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })),
    ends: LARGE
  },
  "50 MB in gzip at a ninetieth": { answer: packed("gzip", gzipSync(plausible)), ends: LARGE },
  "6 layers told": { answer: told(6), ends: LAYERED },
  "10 layers told": { answer: told(10), ends: LAYERED },
  "6 layers untold": { answer: packed("gzip", layers(6)), ends: ["Unreadable at $"] },
  "50 MB of JSON, told": {
    answer: (response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": json.length }).end(json)
    },
    ends: ["TooLarge"]
  },
  "50 MB of JSON": { answer: packed("identity", json), ends: LARGE },
  "50 MB of JSON in gzip": { answer: packed("gzip", gzipSync(json)), ends: LARGE },
  endless: { answer: endless(Buffer.alloc(65_536, "1"), 0), ends: LARGE },
  drip: { answer: endless(Buffer.from("1"), 200), ends: ["TimedOut"] }
}

export const serveBombs = async (): Promise<{ readonly root: string; readonly close: () => void }> => {
  const server = createServer((request, response) => {
    const bomb = BOMBS[decodeURIComponent((request.url ?? "/").slice(1))]
    if (bomb === undefined) response.writeHead(200, { "content-type": "application/json" }).end("[]")
    else bomb.answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  return {
    root: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    }
  }
}
