/**
 * A disk of a few megabytes in memory, mounted where a folder was, that can be filled to its last byte, or left without
 * an inode for one more file, and freed again.
 */
import { execFileSync } from "node:child_process"
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export interface SmallDisk {
  readonly fill: () => void
  readonly free: () => void
  /** What only a disk of its own can be; undefined where nobody may mount. */
  readonly mounted: Mounted | undefined
  readonly unmount: () => void
}

export interface Mounted {
  /** No file can be made any more, though there is room in those that are there. */
  readonly starve: () => void
  readonly feed: () => void
  /** While nothing has it open. */
  readonly readOnly: () => void
}

/** Needs to be root, and in a place that lets root mount; with few inodes, so that they can be used up. */
export const mountSmallDisk = (folder: string, megabytes: number, inodes = INODES): SmallDisk => {
  mkdirSync(folder, { recursive: true })
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,nr_inodes=${inodes}`, "tmpfs", folder], {
    stdio: "pipe"
  })
  const ballast = join(folder, "ballast")
  const crumbs = join(folder, "crumbs")
  return {
    fill: () => {
      const file = openSync(ballast, "a")
      for (const size of [1024 * 1024, 4_096, 1]) while (writes(file, Buffer.alloc(size))) continue
      closeSync(file)
    },
    free: () => rmSync(ballast, { force: true }),
    mounted: {
      starve: () => {
        mkdirSync(crumbs)
        for (let name = 0; makes(join(crumbs, String(name))); name++) continue
      },
      feed: () => rmSync(crumbs, { recursive: true, force: true }),
      readOnly: () => void execFileSync("mount", ["-o", "remount,ro", folder], { stdio: "pipe" })
    },
    // Lazily: what still has a file open there must not keep the folder.
    unmount: () => void execFileSync("umount", ["-l", folder], { stdio: "pipe" })
  }
}

export const canMount = (): boolean => {
  const folder = mkdtempSync(join(tmpdir(), "oddswire-mount-"))
  try {
    mountSmallDisk(folder, 1).unmount()
    return true
  } catch {
    return false
  } finally {
    rmdirSync(folder)
  }
}

const INODES = 64

const makes = (path: string): boolean => {
  try {
    closeSync(openSync(path, "w"))
    return true
  } catch {
    return false
  }
}

const writes = (file: number, bytes: Buffer): boolean => {
  try {
    return writeSync(file, bytes) === bytes.length
  } catch {
    return false
  }
}
