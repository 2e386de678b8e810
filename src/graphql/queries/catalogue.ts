/** `markets` and `bookmakers`: what this server knows by name. */
import { Effect } from "effect"
import { catalogue } from "../../domain/Catalogue.ts"
import type { GraphQLContext } from "../Runtime.ts"

export const markets = () => Effect.succeed(catalogue)

export const bookmakers = (_: unknown, { view }: GraphQLContext) => Effect.succeed(view.roster)
