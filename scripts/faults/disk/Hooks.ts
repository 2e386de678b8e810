/**
 * A disk that refuses, fails or is slow, without touching a disk: the journal's file is altered as the house loads it, and
 * asks at each commit whether a file is there that says so.
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
  /** While it fails every commit ends as one whose fsync answered EIO. */
  readonly failing: (fails: boolean) => void
  /** For where nobody may mount: commits fail as on a full disk. */
  readonly refusing: SmallDisk
}

export const hooksIn = (folder: string): Hooks => {
  const [slow, full, failing] = [join(folder, "slow"), join(folder, "full"), join(folder, "failing")]
  const text = (path: string): string => JSON.stringify(path)
  return {
    environment: alteredBy([
      {
        file: "journal/file/JournalFile.ts",
        from: 'database.exec("begin immediate")\n      try',
        to: `if (existsSync(${text(full)})) throw new Error("database or disk is full")
      if (existsSync(${text(slow)})) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, statSync(${text(slow)}).size)
      database.exec("begin immediate")\n      try`
      },
      {
        file: "journal/file/JournalFile.ts",
        from: 'database.exec("commit")\n        facts = next',
        to: `if (existsSync(${text(failing)})) throw Object.assign(new Error("disk I/O error"), { errcode: ${SQLITE_IOERR_FSYNC} })
        database.exec("commit")\n        facts = next`
      }
    ]),
    slow: (ms) => (ms === undefined ? rmSync(slow, { force: true }) : writeFileSync(slow, Buffer.alloc(ms))),
    failing: (fails) => (fails ? writeFileSync(failing, "") : rmSync(failing, { force: true })),
    refusing: {
      fill: () => writeFileSync(full, ""),
      free: () => rmSync(full, { force: true }),
      mounted: undefined,
      unmount: () => undefined
    }
  }
}

const SQLITE_IOERR_FSYNC = 1_034
