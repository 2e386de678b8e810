/**
 * The settings that the source reads from the environment, with their defaults, as the README's table must have them.
 *
 * They are found in the text, in the one form the house writes them, so that a setting cannot be added
 * without its line in the README. A name may stand in a constant of the same file.
 */
import type { SourceFile } from "./importTable.ts"

export interface Setting {
  readonly name: string
  /** As written in the source; undefined = there is none or it is computed. */
  readonly fallback: string | undefined
}

export const settingsOf = (sources: readonly SourceFile[]): readonly Setting[] => {
  const found = sources.flatMap(({ text }) =>
    [...text.matchAll(SETTING)].flatMap(([, name = "", fallback]) => {
      const found = name.startsWith('"') ? name.slice(1, -1) : constant(text, name)
      return found === undefined ? [] : [{ name: found, fallback: literal(fallback) }]
    })
  )
  return [...new Map(found.map((setting) => [setting.name, setting])).values()].toSorted((one, other) =>
    one.name.localeCompare(other.name)
  )
}

/** Rows `| `NAME` | `default` | … |` of the README. */
export const settingsInReadme = (readme: string): readonly Setting[] =>
  [...readme.matchAll(/^\| `([A-Z0-9_]+)` \| (?:`([^`]*)`|[^|]*) \|/gm)]
    .map((match) => ({ name: match[1] ?? "", fallback: match[2] }))
    .toSorted((one, other) => one.name.localeCompare(other.name))

// A choice lists its values before its name, a schema stands there by its own.
const SETTING =
  /Config\.(?!withDefault)\w+\(\s*(?:(?:\[[^\]]*\]|\w+),\s*)?("[A-Z0-9_]+"|[A-Z][A-Z0-9_]+)[^)\w]*\)(?:\.pipe\(\s*Config\.withDefault\(([^()]*)\))?/g

const constant = (text: string, name: string): string | undefined =>
  new RegExp(`const ${name} = "([A-Z0-9_]+)"`).exec(text)?.[1]

const literal = (text: string | undefined): string | undefined => {
  const value = text
    ?.trim()
    .replace(/^"(.*)"$/, "$1")
    .replaceAll("_", "")
  return value === "" ? undefined : value
}
