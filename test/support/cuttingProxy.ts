/**
 * A TCP proxy that breaks what runs through it, in the three ways a line breaks: closed, reset, or silent.
 */
import { createServer, connect } from "node:net"
import type { AddressInfo, Socket } from "node:net"
import { once } from "node:events"

export type Break = "FIN" | "RST" | "SILENCE"

export interface CuttingProxy {
  readonly port: number
  /** Where new connections lead from now on. */
  readonly lead: (port: number) => void
  /** Takes connections from now on and says nothing on them, until it is led somewhere again. */
  readonly hang: () => void
  /** Breaks every connection that runs now; later ones are whole. */
  readonly cut: (how: Break) => void
  /** Says goodbye to every websocket that runs now, in the server's name and with this close code. */
  readonly dismiss: (code: number) => void
  readonly close: () => void
}

export const startCuttingProxy = async (target: number): Promise<CuttingProxy> => {
  let port: number | undefined = target
  const pairs = new Set<readonly [Socket, Socket]>()
  const hanging = new Set<Socket>()
  const server = createServer((near) => {
    if (port === undefined) return void hanging.add(near.on("error", () => undefined).resume())
    const far = connect(port, "127.0.0.1")
    const pair = [near, far] as const
    pairs.add(pair)
    near.pipe(far).pipe(near)
    for (const socket of pair) {
      socket.setNoDelay(true)
      socket.on("error", () => undefined)
      socket.on("close", () => {
        pairs.delete(pair)
        for (const other of pair) other.destroy()
      })
    }
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  return {
    port: portOf(server.address()),
    lead: (next) => {
      port = next
      for (const near of hanging) near.destroy()
      hanging.clear()
    },
    hang: () => {
      port = undefined
    },
    cut: (how) => {
      for (const [near, far] of pairs) {
        if (how === "FIN") near.end()
        else if (how === "RST") near.resetAndDestroy()
        else {
          near.unpipe(far).pause()
          far.unpipe(near).pause()
        }
      }
    },
    dismiss: (code) => {
      const goodbye = Buffer.from([0x88, 2, code >> 8, code & 0xff])
      for (const [near] of pairs) near.write(goodbye)
    },
    close: () => {
      server.close()
      for (const near of hanging) near.destroy()
      for (const sockets of pairs) for (const socket of sockets) socket.destroy()
    }
  }
}

export const portOf = (address: string | AddressInfo | null): number =>
  address !== null && typeof address === "object" ? address.port : 0
