/**
 * `npm run codegen`: writes the types of the client's documents from the SDL, to `src/client/generated.ts`.
 *
 * A fragment becomes an interface of its name, an operation one of its answer and one of its variables, so the
 * client has exactly what it asks for and nothing to keep in step by hand; a test compares.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { format } from "oxfmt"
import { DIGEST, GRID, PROGRESS } from "../src/client/Documents.ts"
import { typesOf } from "./codegen/types.ts"

const root = join(import.meta.dirname, "..")
const SDL = join(root, "schema/graphql")
const TARGET = join(root, "src/client/generated.ts")

const HEADER = `/**
 * The types of the client's documents, written by \`npm run codegen\` from \`schema/graphql\` and \`Documents.ts\`.
 * Not to be edited: change the documents and run it again.
 */
`

/** What the file has to hold for the documents and the SDL as they are. */
export const generated = async (): Promise<string> => {
  const sdl = readdirSync(SDL)
    .toSorted()
    .map((name) => readFileSync(join(SDL, name), "utf8"))
    .join("\n")
  const text = HEADER + typesOf(sdl, [GRID, PROGRESS, DIGEST], { OddsState: "ODDS_STATES" })
  const { code } = await format(TARGET, text, { printWidth: 120, semi: false, trailingComma: "none" })
  return code
}

if (import.meta.main) writeFileSync(TARGET, await generated())
