/**
 * The pages for people: GraphiQL with its examples filled in, and a small page at `/` that says what runs here.
 *
 * Both are strings made when asked for; the data folder's world is always named, so nobody takes simulated odds for real ones.
 */
import { Clock, Context, Effect, Layer } from "effect"
import { Bookmakers } from "../../domain/Bookmaker.ts"
import { Journal } from "../../journal/Journal.ts"
import { PublishedBoard } from "../../odds/PublishedBoard.ts"
import { formatCursor } from "../arguments/Cursor.ts"
import { graphiqlPage, readExamples } from "./GraphiQL.ts"
import { version } from "../queries/system.ts"

export class Pages extends Context.Service<
  Pages,
  {
    readonly home: () => string
    readonly graphiql: () => string
  }
>()("oddswire/graphql/Pages") {
  static readonly layer = Layer.effect(
    Pages,
    Effect.gen(function* () {
      const { all } = yield* Bookmakers
      const { world } = yield* Journal
      const board = yield* PublishedBoard
      const clock = yield* Clock.Clock
      const examples = yield* readExamples
      return {
        graphiql: () =>
          graphiqlPage(
            examples,
            {
              now: clock.currentTimeMillisUnsafe(),
              eventId: board.events()[0]?.facts.id,
              runId: undefined,
              cursor: formatCursor(board.mark(), "")
            },
            world
          ),
        home: () =>
          homePage({
            world,
            names: all.map(({ name, country }) => `${name} (${country})`),
            events: board.size().events,
            prices: board.size().prices
          })
      }
    })
  )
}

interface Facts {
  readonly world: string
  readonly names: readonly string[]
  readonly events: number
  readonly prices: number
}

const homePage = ({ world, names, events, prices }: Facts): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>oddswire</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
a { color: #0b57d0 }
dt { font-weight: 600 } dd { margin: 0 0 .6rem }
@media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #16181c } a { color: #8ab4f8 } }
</style>
</head>
<body>
<h1>oddswire ${escape(version)}</h1>
<p>Real-time football odds of ${escape(names.join(", "))}.
${world === "live" ? "These are <strong>live</strong> odds, scraped from the bookmakers." : `The odds come from the <strong>${escape(world)}</strong>: they are not real.`}</p>
<p>In memory when this page was made: ${events} events, ${prices} prices.</p>
<dl>
<dt><a href="/graphql">/graphql</a></dt><dd>GraphQL over HTTP and WebSocket, and GraphiQL with an example for each usual question</dd>
<dt><a href="/readyz">/readyz</a>, <a href="/healthz">/healthz</a></dt><dd>ready to serve, alive</dd>
<dt><a href="/metrics">/metrics</a></dt><dd>Prometheus</dd>
</dl>
</body>
</html>
`

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
