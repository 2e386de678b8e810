import { once } from "node:events"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { WebSocketServer } from "ws"
import type { WebSocket } from "ws"
import { createClient } from "../../src/client/Client.ts"
import { webSocketLink } from "../../src/client/Link.ts"
import type { LinkEnd } from "../../src/client/Link.ts"

let server: WebSocketServer
let url = ""
/** Every message of a client, in order; pings left out. */
let received: { readonly type: string; readonly id?: string; readonly payload?: unknown }[] = []
let sockets: WebSocket[] = []
let changed = (): void => undefined

beforeEach(async () => {
  received = []
  sockets = []
  server = new WebSocketServer({ port: 0, host: "127.0.0.1" })
  await once(server, "listening")
  const address = server.address()
  url = `ws://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`
  server.on("connection", (socket) => {
    sockets.push(socket)
    socket.on("message", (data) => {
      const message = JSON.parse(Buffer.isBuffer(data) ? data.toString() : "{}")
      if (message.type === "connection_init") socket.send(JSON.stringify({ type: "connection_ack", payload: {} }))
      if (message.type === "ping") return socket.send(JSON.stringify({ type: "pong" }))
      received.push(message)
      changed()
    })
  })
})

afterEach(() => {
  for (const socket of server.clients) socket.terminate()
  server.close()
})

const until = (holds: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    changed = () => {
      if (holds()) resolve()
    }
    changed()
  })

const subscriptions = () => received.filter(({ type }) => type === "subscribe")

describe("the client's connection", () => {
  it("numbers its operations from 1, again on every connection", async () => {
    const client = createClient({ url, backoff: { firstMs: 1, mostMs: 1 } })
    client.odds()
    client.progress()
    await until(() => subscriptions().length === 2)
    sockets[0]?.close(1012)
    await until(() => subscriptions().length === 4)
    assert.deepStrictEqual(
      subscriptions().map(({ id }) => id),
      ["1", "2", "1", "2"]
    )
    client.close()
  })

  it("asks with the same bytes for filters that mean the same", async () => {
    const [one, other] = [createClient({ url }), createClient({ url })]
    one.odds({ countries: ["NG", "AE"], bookmakers: ["b"] })
    other.odds({ bookmakers: ["b"], countries: ["AE", "NG"] })
    await until(() => subscriptions().length === 2)
    assert.strictEqual(JSON.stringify(subscriptions()[0]), JSON.stringify(subscriptions()[1]))
    one.close()
    other.close()
  })

  it("shows its token when it connects", async () => {
    const client = createClient({ url, token: "secret" })
    client.odds()
    await until(() => received.length > 0)
    assert.deepStrictEqual(received[0]?.payload, { token: "secret" })
    client.close()
  })
})

describe("a link", () => {
  const open = (): Promise<{
    readonly link: ReturnType<ReturnType<typeof webSocketLink>>
    readonly ended: Promise<LinkEnd>
  }> =>
    new Promise((resolve) => {
      const { promise: ended, resolve: end } = Promise.withResolvers<LinkEnd>()
      const link = webSocketLink({ url })({
        opened: () => resolve({ link, ended }),
        heard: () => undefined,
        ended: end
      })
    })

  it("calls nothing of a subscription that was stopped", async () => {
    const { link, ended } = await open()
    const calls: string[] = []
    const stop = link.subscribe(
      { query: "{ x }", variables: {} },
      { next: () => calls.push("next"), failed: () => calls.push("failed"), completed: () => calls.push("completed") }
    )
    await until(() => subscriptions().length === 1)
    stop()
    sockets[0]?.send(JSON.stringify({ id: "1", type: "next", payload: { data: { x: 1 } } }))
    await until(() => received.some(({ type }) => type === "complete"))
    link.cut()
    await ended
    assert.deepStrictEqual(calls, [])
  })

  it("ends once, with the code of the server, and does not come back by itself", async () => {
    const { ended } = await open()
    sockets[0]?.close(1000, "Enough")
    assert.deepStrictEqual(await ended, { code: 1000, reason: "Enough" })
    assert.lengthOf(sockets, 1)
  })

  it("tells why a subscription was refused", async () => {
    const { link } = await open()
    const refused = new Promise((failed) =>
      link.subscribe({ query: "{ x }", variables: {} }, { next: () => undefined, failed, completed: () => undefined })
    )
    await until(() => subscriptions().length === 1)
    const error = { message: "Too wide", extensions: { code: "FILTER_TOO_WIDE", retryable: false } }
    sockets[0]?.send(JSON.stringify({ id: "1", type: "error", payload: [error] }))
    assert.deepStrictEqual(await refused, { message: "Too wide", code: "FILTER_TOO_WIDE", retryable: false })
    link.cut()
  })

  it("ends where nobody listens", async () => {
    const { promise, resolve } = Promise.withResolvers<LinkEnd>()
    webSocketLink({ url: "ws://127.0.0.1:1" })({ opened: () => undefined, heard: () => undefined, ended: resolve })
    assert.strictEqual((await promise).code, 1006)
  })
})
