/**
 * GraphiQL and its examples: each a question of a user in words, and the document that answers it.
 *
 * Examples are files, so that tests run the very ones a user opens. What they need to know (an event, a run, an
 * hour) is filled in when the page is served, so that every one of them has an answer.
 */
import { fileURLToPath } from "node:url"
import { renderGraphiQL } from "@graphql-yoga/render-graphiql"
import { Effect, FileSystem } from "effect"

export interface Example {
  /** The user's question, from the file's first line. */
  readonly question: string
  readonly query: string
}

/** What the variables of the examples are filled with. */
export interface Known {
  readonly now: number
  readonly eventId: string | undefined
  readonly runId: string | undefined
  readonly cursor: string
}

/** In the order of their file names. */
export const readExamples = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem
  const names = (yield* files.readDirectory(FOLDER)).filter((name) => name.endsWith(".graphql")).sort()
  return yield* Effect.forEach(names, (name) => Effect.map(files.readFileString(`${FOLDER}/${name}`), exampleOf))
})

/** The variables an example declares, as far as something is known to fill them with. */
export const variablesOf = ({ query }: Example, known: Known): Readonly<Record<string, string>> => {
  const values: Readonly<Record<string, string | undefined>> = {
    event: known.eventId,
    run: known.runId,
    cursor: known.cursor,
    from: new Date(known.now - DAY_MS).toISOString(),
    to: new Date(known.now + DAY_MS).toISOString(),
    soon: new Date(known.now + 7 * DAY_MS).toISOString()
  }
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value !== undefined && query.includes(`$${name}:`) ? [[name, value]] : []
    )
  )
}

/** The page, with every example in a tab of its own. */
export const graphiqlPage = (examples: readonly Example[], known: Known, world: string): string =>
  renderGraphiQL({
    title: `oddswire (${world})`,
    subscriptionsProtocol: "WS",
    schemaDescription: true,
    defaultTabs: examples.map((example) => ({
      query: example.query,
      variables: JSON.stringify(variablesOf(example, known), undefined, 2)
    }))
  })

const FOLDER = fileURLToPath(new URL("../examples", import.meta.url))

const DAY_MS = 86_400_000

const exampleOf = (query: string): Example => ({
  question: (query.split("\n", 1)[0] ?? "").replace(/^#\s*/, ""),
  query
})
