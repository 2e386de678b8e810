/**
 * How often a running house made its journal durable, counted by the kernel's calls and not by our own word.
 *
 * A kill cannot show a missing sync: what a process has written survives it. Only the calls themselves tell.
 */
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"

export const canTrace = (): boolean => spawnSync("strace", ["-V"]).status === 0

export interface Trace {
  /** Syncs of the journal's log so far, for which a commit waits; those of its file are of checkpoints. Ends the trace. */
  readonly stop: () => Promise<number>
}

/** Answers once every thread of the process is traced. */
export const traceSyncs = async (pid: number): Promise<Trace> => {
  const folder = mkdtempSync(join(tmpdir(), "oddswire-syncs-"))
  const file = join(folder, "calls")
  const tracer = spawn("strace", ["-f", "-y", "-e", "trace=fsync,fdatasync", "-o", file, "-p", String(pid)], {
    stdio: ["ignore", "ignore", "pipe"]
  })
  const ended = once(tracer, "exit")
  await once(tracer.stderr, "data")
  return {
    stop: async () => {
      if (tracer.exitCode === null) tracer.kill("SIGINT")
      await ended
      const calls = readFileSync(file, "utf8").split("\n")
      rmSync(folder, { recursive: true })
      return calls.filter((call) => /f(data)?sync\(\d+<[^>]*journal\.sqlite-wal>/.test(call)).length
    }
  }
}

/** Commits that a killed house left in its journal behind this number; one at the least for every instant. */
export const commitsBehind = (dataDir: string, seq: number): number => {
  const folder = mkdtempSync(join(tmpdir(), "oddswire-commits-"))
  for (const name of ["journal.sqlite", "journal.sqlite-wal"]) {
    const file = join(dataDir, "journal", name)
    if (existsSync(file)) copyFileSync(file, join(folder, name))
  }
  const database = new DatabaseSync(join(folder, "journal.sqlite"))
  const commits = database.prepare("select count(distinct at) as commits from record where seq > ?").get(seq)
  database.close()
  rmSync(folder, { recursive: true })
  return Number(commits?.["commits"])
}
