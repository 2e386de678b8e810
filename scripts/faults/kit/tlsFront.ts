/**
 * A TLS server before a plain one, whose certificate can be changed and whose handshakes can be cut while it runs.
 */
import { once } from "node:events"
import { connect, createServer } from "node:net"
import type { Socket } from "node:net"
import tls from "node:tls"
import { portOf } from "../../../test/support/cuttingProxy.ts"
import type { Certified } from "./certificates.ts"

export interface TlsFront {
  readonly port: number
  /** Shows this certificate to whoever connects from now on; those who are connected are cut. */
  readonly show: (certified: Certified) => void
  /** Ends every handshake from now on after its first message, and every connection. */
  readonly cutHandshakes: () => void
  readonly close: () => void
}

/** Leads to this port of the loopback. */
export const startTlsFront = async (target: number, certified: Certified): Promise<TlsFront> => {
  const sockets = new Set<Socket>()
  let cuts = false
  const inner = tls.createServer(certified, (near) => {
    const far = connect(target, "127.0.0.1")
    near.pipe(far).pipe(near)
    for (const [socket, other] of [
      [near, far],
      [far, near]
    ] as const) {
      socket.on("error", () => undefined)
      socket.on("close", () => other.destroy())
    }
  })
  inner.on("tlsClientError", () => undefined)
  const outer = createServer((socket) => {
    sockets.add(socket)
    socket.on("error", () => undefined)
    socket.on("close", () => sockets.delete(socket))
    if (cuts) socket.once("data", () => socket.destroy())
    else inner.emit("connection", socket)
  })
  await once(outer.listen(0, "127.0.0.1"), "listening")
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: portOf(outer.address()),
    show: (next) => {
      inner.setSecureContext(next)
      cut()
    },
    cutHandshakes: () => {
      cuts = true
      cut()
    },
    close: () => {
      outer.close()
      cut()
    }
  }
}
