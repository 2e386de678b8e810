/** Starts that are known to be wrong: one that is ready without its board and shows a stack. */
import { alteredBy } from "../../../test/support/alteredSource.ts"
import { DIRT } from "./Dirt.ts"
import type { Dirt } from "./Dirt.ts"

/** Nothing can be fetched, so what it did not read back is not there. */
export const FORGETFUL: Dirt = {
  what: "a house that reads back nothing",
  before: "told to end",
  environment: {
    ...DIRT.find(({ what }) => what === "bookmakers that nobody reaches")?.environment,
    ...alteredBy([
      { file: "odds/OddsBooks.ts", from: "yield* journal.images", to: "(yield* journal.images).slice(0, 0)" },
      { file: "odds/OddsBooks.ts", from: "base.read(hear, Effect.asVoid(settled))", to: "Effect.void" },
      { file: "src/House.ts", from: "yield* welcome", to: 'console.error(new Error("altered").stack); yield* welcome' }
    ])
  }
}
