/**
 * A page of results that only programs write: one section per program, each with what it was measured on.
 *
 * A section is replaced when its program runs again and the others stay, each with the commit it was measured at.
 */
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { availableParallelism, cpus, loadavg, release } from "node:os"
import { fileURLToPath } from "node:url"
import manifest from "../../package.json" with { type: "json" }

export interface Page {
  readonly file: string
  /** What stands above the sections. */
  readonly heading: string
}

/** Replaces the section `name`; empty parts are left out. */
export const keepSection = ({ file, heading }: Page, name: string, parts: readonly string[]): void => {
  const sections = new Map(
    (existsSync(file) ? readFileSync(file, "utf8") : "")
      .split(/^(?=## )/m)
      .slice(1)
      .map((text) => [/^## (\S+)/.exec(text)?.[1] ?? "", text.trim()])
  )
  sections.set(name, [`## ${name}`, ...parts].filter((part) => part !== "").join("\n\n"))
  const ordered = [...sections].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text)
  writeFileSync(file, `${[heading, ...ordered].join("\n\n")}\n`)
}

/** The command, the commit, the day, the machine and the versions, in one line. */
export const circumstances = (command: string): string => {
  const { node, v8, sqlite } = process.versions
  const commit = git("rev-parse", "--short", "HEAD")
  const dirty = git("status", "--porcelain", "--", "src") === "" ? "" : " with changes in src"
  const cpu = `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? "unknown"}, Linux ${release().split("-")[0] ?? ""}`
  const { effect, graphql, postgres, undici } = manifest.dependencies
  return [
    `\`${command}\``,
    `commit ${commit}${dirty}`,
    `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`,
    `${cpu}, load ${Number((loadavg()[0] ?? 0).toPrecision(3))}`,
    `Node ${node} (V8 ${v8}, SQLite ${sqlite ?? "?"}), effect ${effect}, graphql ${graphql}, postgres.js ${postgres}, undici ${undici}`
  ].join(" · ")
}

/** A Markdown table; its columns are the keys of the first row. */
export const table = (rows: readonly object[]): string => {
  if (rows.length === 0) return ""
  const columns = Object.keys(rows[0] ?? {})
  const line = (cells: readonly unknown[]): string =>
    `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`
  return [line(columns), line(columns.map(() => "---")), ...rows.map((row) => line(Object.values(row)))].join("\n")
}

export const list = (notes: readonly string[]): string => notes.map((note) => `- ${note}`).join("\n")

const git = (...args: readonly string[]): string =>
  execFileSync("git", args, { cwd: fileURLToPath(new URL("../..", import.meta.url)), encoding: "utf8" }).trim()
