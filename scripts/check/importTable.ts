/**
 * Holds the source to the table in `scripts/imports.ts`: no import across rooms that it does not name, and no
 * cycle of files. Across rooms `import type` counts like any other import, because it binds two rooms just as
 * firmly; a cycle is one of values, since a service and its parts may know each other's types.
 *
 * Imports are read with a pattern and not with a parser: the compiler of this version has no stable one to offer,
 * and every static import of the house begins a line.
 */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { FOUNDATIONS, PACKAGES, ROOMS, STRANGERS } from "../imports.ts"

export interface SourceFile {
  /** From the project's root, with forward slashes: `src/odds/Change.ts`. */
  readonly path: string
  readonly text: string
}

/** Every sentence about an import that the table forbids; empty = all is well. */
export const importFaults = (files: readonly SourceFile[]): readonly string[] => {
  const bookmakers = new Set(files.flatMap((file) => ADAPTER.exec(file.path)?.[1] ?? []))
  const graph = new Map(
    files.map(({ path, text }) => [
      path,
      specifiersOf(withoutTypes(text)).flatMap((specifier) => fileOf(path, specifier))
    ])
  )
  return [
    ...files.flatMap(({ path, text }) =>
      specifiersOf(text).flatMap((specifier) => faultsOf(path, specifier, bookmakers))
    ),
    ...cyclesOf(graph)
  ]
}

export const readSources = (root: string): readonly SourceFile[] =>
  readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: path.slice(root.length + 1), text: readFileSync(path, "utf8") }))

const ADAPTER = /^src\/bookmakers\/([^/]+)\/Adapter\.ts$/

const withoutTypes = (text: string): string => text.replaceAll(/^(?:import|export) type\s[^"]*"[^"]*"/gm, "")

// After the ordinary ones: an import for its effect, a dynamic import and a worker's entry.
const IMPORTS = [
  /^(?:import|export)\s[^"'`;]*?\sfrom\s+"([^"]+)"/gm,
  /^import\s+"([^"]+)"/gm,
  /\bimport\(\s*"([^"]+)"/g,
  /\bnew URL\(\s*"([^"]+)",\s*import\.meta\.url/g
]

const specifiersOf = (text: string): readonly string[] =>
  IMPORTS.flatMap((pattern) => [...text.matchAll(pattern)].flatMap((match) => match[1] ?? []))

const fileOf = (from: string, specifier: string): readonly string[] =>
  specifier.startsWith(".") ? [normalize(join(dirname(from), specifier))] : []

const roomOf = (path: string): string => (path.split("/")[1] ?? "").replace(/\.ts$/, "")

const faultsOf = (from: string, specifier: string, bookmakers: ReadonlySet<string>): readonly string[] => {
  const [target] = fileOf(from, specifier)
  return target === undefined ? packageFaults(from, specifier) : fileFaults(from, target, bookmakers)
}

const fileFaults = (from: string, target: string, bookmakers: ReadonlySet<string>): readonly string[] => {
  const room = roomOf(from)
  const allowed = ROOMS[room]
  const other = roomOf(target)
  if (allowed === undefined && !FOUNDATIONS.includes(room)) {
    return [`${from}: the room ${room} is not in the table of scripts/imports.ts; add it with what it may import`]
  }
  if (!target.startsWith("src/")) {
    return target.startsWith("schema/") || target === "package.json"
      ? []
      : [`${from} imports ${target}: src imports nothing outside itself`]
  }
  if (other === room) return bookmakerFaults(from, target, bookmakers)
  if (FOUNDATIONS.includes(other) && !FOUNDATIONS.includes(room) && !STRANGERS.has(room)) return []
  if (allowed?.includes(other) === true) return []
  return [`${from} imports ${target}: ${room} may import ${listOf(room)}, not ${other}`]
}

const listOf = (room: string): string => {
  if (FOUNDATIONS.includes(room)) return "nothing of ours"
  const named = ROOMS[room] ?? []
  const all = STRANGERS.has(room) ? named : [...named, ...FOUNDATIONS]
  return all.length === 0 ? "nothing of ours" : all.join(", ")
}

/** One bookmaker's folder never reaches into another's, so that each can be read and removed alone. */
const bookmakerFaults = (from: string, target: string, bookmakers: ReadonlySet<string>): readonly string[] => {
  const [ours = "", theirs = ""] = [from, target].map((path) => path.split("/")[2])
  return ours === theirs || !bookmakers.has(ours) || !bookmakers.has(theirs)
    ? []
    : [`${from} imports ${target}: a bookmaker's folder imports no other bookmaker's`]
}

const packageFaults = (from: string, specifier: string): readonly string[] => {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier
  const rooms = PACKAGES[name]
  return rooms === undefined || rooms.includes(roomOf(from)) || STRANGERS.has(roomOf(from))
    ? []
    : [`${from} imports ${specifier}: only ${rooms.join(", ")} may`]
}

/** Each cycle once, from the file whose path sorts first among those found. */
const cyclesOf = (graph: ReadonlyMap<string, readonly string[]>): readonly string[] => {
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start !== -1) cycles.push(`a cycle of imports: ${[...trail.slice(start), path].join(" → ")}`)
    if (start !== -1 || done.has(path)) return
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of [...graph.keys()].toSorted()) visit(path, [])
  return cycles
}
