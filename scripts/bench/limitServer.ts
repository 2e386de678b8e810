/**
 * The limit of `query`: plain `node:http` that answers one object, serialised per request or as ready bytes.
 *
 * A process of its own, like the house. Its first argument is the file of the answer; it prints its port.
 */
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { argv } from "node:process"

const ready = readFileSync(argv[2] ?? "")
const answer: unknown = JSON.parse(ready.toString())

const server = createServer((request, response) => {
  request.resume().on("end", () => {
    response.writeHead(200, { "content-type": "application/json" })
    response.end(request.url === "/ready" ? ready : JSON.stringify(answer))
  })
})
server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  console.log(typeof address === "object" && address !== null ? address.port : 0)
})
