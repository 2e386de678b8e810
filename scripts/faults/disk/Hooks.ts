/**
 * A disk that refuses or is slow, without touching a disk: the journal's file is altered as the house loads it, and asks
 * before each commit whether a file is there that says so.
 */
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { alteredBy } from "../../../test/support/alteredSource.ts"
import type { SmallDisk } from "./SmallDisk.ts"

export interface Hooks {
  /** Of the house. */
  readonly environment: Readonly<{ [name: string]: string }>
  /** Every commit takes this long, until it is given up with `undefined`. */
  readonly slow: (ms: number | undefined) => void
  /** For where nobody may mount: commits fail as on a full disk. */
  readonly refusing: SmallDisk
}

export const hooksIn = (folder: string): Hooks => {
  const [slow, full] = [join(folder, "slow"), join(folder, "full")]
  const text = (path: string): string => JSON.stringify(path)
  return {
    environment: alteredBy([
      {
        file: "journal/file/JournalFile.ts",
        from: 'database.exec("begin immediate")\n      try',
        to: `if (existsSync(${text(full)})) throw new Error("database or disk is full")
      if (existsSync(${text(slow)})) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, statSync(${text(slow)}).size)
      database.exec("begin immediate")\n      try`
      }
    ]),
    slow: (ms) => (ms === undefined ? rmSync(slow, { force: true }) : writeFileSync(slow, Buffer.alloc(ms))),
    refusing: {
      fill: () => writeFileSync(full, ""),
      free: () => rmSync(full, { force: true }),
      readOnly: undefined,
      unmount: () => undefined
    }
  }
}
