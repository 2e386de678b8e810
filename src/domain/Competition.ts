/**
 * A competition under our own stable id, made of its country's and its own name.
 *
 * Bookmakers spell both differently and share no id, so the id follows the spelling
 * of the bookmaker that placed the event first; `matching` keeps it from then on.
 */
import { Brand } from "effect"

export type CompetitionId = Brand.Branded<string, "CompetitionId">
export const CompetitionId = Brand.nominal<CompetitionId>()

export interface Competition {
  /** `china-chinese-super-league`. */
  readonly id: CompetitionId
  readonly name: string
  /** ISO 3166-1 alpha-2 (`CN`), `GB-ENG` and the like for the home nations, `ZZ` when it belongs to no country. */
  readonly countryCode: string
  readonly countryName: string
}
