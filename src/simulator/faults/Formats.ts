/** Every bookmaker's format by its name, and faults that change a payload through it. */
import { bet9jaFormat } from "../bet9ja/Format.ts"
import { betpawaFormat } from "../betpawa/Format.ts"
import type { BookmakerName } from "../catalogue/Template.ts"
import { sportybetFormat } from "../sportybet/Format.ts"
import { changes } from "./Fault.ts"
import type { Answering, Fault } from "./Fault.ts"
import type { Dictionary, Format } from "./Format.ts"

export const FORMATS: { readonly [Name in BookmakerName]: Format } = {
  betpawa: betpawaFormat,
  sportybet: sportybetFormat,
  bet9ja: bet9jaFormat
}

/** Changes the parsed good body by the bookmaker's format. */
export const formatted = (change: (format: Format, root: unknown, answering: Answering) => void): Fault =>
  changes((root, answering) => change(FORMATS[answering.bookmaker], root, answering))

/** Changes the facts of the event, or of every event of a list. */
export const ofEvents = (change: (format: Format, event: Dictionary, answering: Answering) => void): Fault =>
  formatted((format, root, answering) => {
    if (answering.endpoint === "event") return change(format, format.event(root), answering)
    format.rows(root, (rows) => {
      for (const row of rows) change(format, row, answering)
      return rows
    })
  })

/** Replaces every list of events on the page. */
export const ofRows = (
  change: (rows: readonly Dictionary[], format: Format, answering: Answering) => readonly Dictionary[]
): Fault => formatted((format, root, answering) => format.rows(root, (rows) => change(rows, format, answering)))
