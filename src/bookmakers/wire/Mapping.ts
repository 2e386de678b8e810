/**
 * How a bookmaker's market and its outcome tokens are tied to a type of the catalogue.
 *
 * A mapping that names a type or an outcome the catalogue lacks is left out: tests demand that none is.
 */
import { marketTypeOf } from "../../domain/Catalogue.ts"
import type { MarketType } from "../../domain/Market.ts"

export interface Mapping {
  readonly type: MarketType
  /** The bookmaker's token → index into `type.outcomes`. */
  readonly outcomes: ReadonlyMap<string, number>
}

/** A bookmaker's own token → the catalogue's outcome key. */
export type Tokens = Readonly<Record<string, string>>

export const mapping = (key: string, tokens: Tokens): Mapping | undefined => {
  const type = marketTypeOf(key)
  if (type === undefined) return undefined
  const outcomes = Object.entries(tokens).map(([token, outcome]) => [token, type.outcomes.indexOf(outcome)] as const)
  return outcomes.some(([, index]) => index === -1) ? undefined : { type, outcomes: new Map(outcomes) }
}

/** Every outcome of a type under the token that `tokenOf` makes of its key; those it makes none of are left out. */
export const tokensOf = (key: string, tokenOf: (outcome: string) => string | undefined): Tokens =>
  Object.fromEntries(
    (marketTypeOf(key)?.outcomes ?? []).flatMap((outcome) => {
      const token = tokenOf(outcome)
      return token === undefined ? [] : [[token, outcome] as const]
    })
  )

/** Groups rows by the bookmaker's market id, in their order. */
export const tableOf = <A>(rows: readonly (readonly [string, A])[]): ReadonlyMap<string, readonly A[]> => {
  const table = new Map<string, A[]>()
  for (const [id, row] of rows) {
    const held = table.get(id)
    if (held === undefined) table.set(id, [row])
    else held.push(row)
  }
  return table
}

/** Keys of the market types a table can produce. */
export const mappedKeys = (table: ReadonlyMap<string, readonly Mapping[]>): ReadonlySet<string> =>
  new Set([...table.values()].flatMap((rows) => rows.map(({ type }) => type.key)))

/** The part of a table that can produce these types. */
export const restrictedTo = <A extends Mapping>(
  table: ReadonlyMap<string, readonly A[]>,
  types: readonly string[]
): ReadonlyMap<string, readonly A[]> =>
  tableOf(
    [...table].flatMap(([id, rows]) =>
      rows.filter(({ type }) => types.includes(type.key)).map((row): readonly [string, A] => [id, row])
    )
  )
