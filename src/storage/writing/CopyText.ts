/** Rows in the text form of `copy`: tab between columns, `\N` for null, backslash before what would be read as form. */

export type Cell = string | number | null | readonly number[]

export const copyText = (rows: readonly (readonly Cell[])[]): string => {
  // One text that grows, because an array of texts per row to be joined takes longer.
  let text = ""
  for (const row of rows) {
    let tab = ""
    for (const value of row) {
      text += tab + cell(value)
      tab = "\t"
    }
    text += "\n"
  }
  return text
}

const cell = (value: Cell): string => {
  if (value === null) return "\\N"
  if (typeof value === "string") return PLAIN.test(value) ? value : value.replaceAll(SPECIAL, escape)
  return typeof value === "number" ? String(value) : `{${value.join()}}`
}

const PLAIN = /^[^\\\t\n\r\b\f\v]*$/
const SPECIAL = /[\\\t\n\r\b\f\v]/g

const escape = (character: string): string => ESCAPES[character] ?? character

const ESCAPES: { readonly [character: string]: string | undefined } = {
  "\\": "\\\\",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  "\b": "\\b",
  "\f": "\\f",
  "\v": "\\v"
}

/** A time as Postgres reads it. */
export const instant = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

/** The UTC day a row belongs to: its partition. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
