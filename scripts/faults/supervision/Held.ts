/** What a process keeps open, read from outside it. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs"

/**
 * Open files and sockets of a process, without its TCP connections to others than this database: those to bookmakers and
 * from clients wait for the next request, as many as were needed at once.
 */
export const heldFiles = (pid: number, databasePort: number | undefined): number => {
  const peers = tcpPeers(pid)
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    const peer = peers.get(linkOf(`/proc/${pid}/fd/${fd}`))
    return peer === undefined || peer === 0 || peer === databasePort
  }).length
}

/** The port at the other end of each TCP socket, by the name it has as an open file; 0 = it listens. */
const tcpPeers = (pid: number): ReadonlyMap<string, number> =>
  new Map(
    readFileSync(`/proc/${pid}/net/tcp`, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .map(([, , remote = "", , , , , , , inode]) => [`socket:[${inode}]`, parseInt(remote.split(":")[1] ?? "", 16)])
  )

/** It may have been closed since it was listed. */
const linkOf = (path: string): string => {
  try {
    return readlinkSync(path)
  } catch {
    return ""
  }
}
