/** The tables of error and close codes as the README must have them, made from the one table in the source. */
import { CLOSE_CODES, ERRORS } from "../../src/graphql/Errors.ts"

export const errorTable = (): string =>
  table(
    ["code", "HTTP status", "try again", "meaning"],
    Object.entries(ERRORS).map(([code, { status, retryAfterMs, meaning }]) => [
      code,
      String(status),
      retryAfterMs === null ? "no" : `after ${retryAfterMs} ms`,
      meaning
    ])
  )

export const closeTable = (): string =>
  table(
    ["close code", "stock clients come back", "meaning"],
    Object.entries(CLOSE_CODES).map(([code, { comesBack, meaning }]) => [code, comesBack ? "yes" : "no", meaning])
  )

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [rowOf(head), `|${"---|".repeat(head.length)}`, ...rows.map(rowOf)].join("\n")

const rowOf = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`
