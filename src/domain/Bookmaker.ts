/**
 * A bookmaker: one price list, with the brand and country it belongs to.
 *
 * Nothing downstream of `bookmakers/` knows a bookmaker by name: rooms read the
 * roster from the `Bookmakers` service, so a fourth one needs no change here.
 */
import { Brand, Context } from "effect"

export type BookmakerId = Brand.Branded<string, "BookmakerId">
export const BookmakerId = Brand.nominal<BookmakerId>()

export interface Bookmaker {
  /** One price list, e.g. `betpawa-ng`. */
  readonly id: BookmakerId
  readonly name: string
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string
  /** True for the desk's own price list; edges are computed from it. */
  readonly ours: boolean
  /** Keys of the market types its catalogue maps: absent means UNMAPPED, never "not offered". */
  readonly mapped: ReadonlySet<string>
}

/** The price lists this process knows, in roster order. */
export class Bookmakers extends Context.Service<Bookmakers, { readonly all: readonly Bookmaker[] }>()(
  "oddswire/domain/Bookmakers"
) {}
