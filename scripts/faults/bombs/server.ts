/** A server whose answers are small on the wire and huge once unpacked, or never end. */
import { createServer } from "node:http"
import type { ServerResponse } from "node:http"
import { brotliCompressSync, constants, deflateSync, gzipSync } from "node:zlib"

type Answer = (response: ServerResponse) => void

const MB = 1_048_576
const zeros = Buffer.alloc(200 * MB)
const gzip = gzipSync(zeros)
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

export const BOMBS: Readonly<Record<string, Answer>> = {
  gzip: packed("gzip", gzip),
  deflate: packed("deflate", deflateSync(zeros)),
  brotli: packed("br", brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })),
  "6 layers told": packed(Array.from({ length: 6 }, () => "gzip").join(", "), layers(6)),
  "10 layers told": packed(Array.from({ length: 10 }, () => "gzip").join(", "), layers(10)),
  "6 layers untold": packed("gzip", layers(6)),
  "50 MB of JSON": packed("identity", json),
  "50 MB of JSON in gzip": packed("gzip", gzipSync(json)),
  endless: endless(Buffer.alloc(65_536, "1"), 0),
  drip: endless(Buffer.from("1"), 200)
}

export const serveBombs = async (): Promise<{ readonly root: string; readonly close: () => void }> => {
  const server = createServer((request, response) => {
    const answer = BOMBS[decodeURIComponent((request.url ?? "/").slice(1))]
    if (answer === undefined) response.writeHead(200, { "content-type": "application/json" }).end("[]")
    else answer(response)
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
