/**
 * The whole house as one layer expression, last room first: each room is built on the ones below it in this list,
 * so a price walks it upwards in fetching and downwards in telling, and whatever consumes is closed after what feeds it.
 */
import { NodeServices } from "@effect/platform-node"
import { Config, Effect, Layer } from "effect"
import { Access } from "./access/Access.ts"
import { Fatal } from "./actor/Fatal.ts"
import { Supervisor } from "./actor/Supervisor.ts"
import { bookmakersLayer, Roster } from "./bookmakers/Roster.ts"
import { Hub } from "./broadcast/Hub.ts"
import { Connections } from "./graphql/Connections.ts"
import { Documents } from "./graphql/admission/Documents.ts"
import { Pages } from "./graphql/http/Pages.ts"
import { ApiRuntime } from "./graphql/Runtime.ts"
import { ApiSchema } from "./graphql/Schema.ts"
import { Server } from "./graphql/Server.ts"
import { Invariant } from "./invariant/Invariant.ts"
import { Place } from "./journal/Place.ts"
import * as SqliteJournal from "./journal/SqliteJournal.ts"
import { Matcher } from "./matching/Matcher.ts"
import { makeStages, Stages } from "./domain/Stages.ts"
import { Health } from "./observability/Health.ts"
import { Incidents } from "./observability/Incidents.ts"
import { telemetryLayer } from "./observability/Telemetry.ts"
import { Base } from "./odds/Base.ts"
import { OddsBooks } from "./odds/OddsBooks.ts"
import { Pauses } from "./scraping/politeness/Pauses.ts"
import { Quarantine } from "./scraping/Quarantine.ts"
import { Scraping } from "./scraping/Scraping.ts"
import { Database } from "./storage/Database.ts"
import * as HistoryReads from "./storage/HistoryReads.ts"
import * as Runs from "./storage/Runs.ts"
import * as SettingsStore from "./storage/SettingsStore.ts"
import { StoredBase } from "./storage/StoredBase.ts"
import { Writer } from "./storage/Writer.ts"

const storage = Layer.mergeAll(HistoryReads.layer, Runs.layer, StoredBase.layer).pipe(
  Layer.provideMerge(Writer.layer),
  Layer.provideMerge(SettingsStore.layer),
  Layer.provideMerge(Database.layer)
)

const graphql = Server.layer.pipe(
  Layer.provideMerge(Layer.mergeAll(Documents.layer, Pages.layer)),
  Layer.provideMerge(Layer.mergeAll(ApiSchema.layer, ApiRuntime.layer)),
  Layer.provideMerge(Layer.mergeAll(Connections.layer, Access.layer))
)

const foundations = Layer.mergeAll(
  Supervisor.layer,
  Fatal.layer,
  Health.layer,
  Incidents.layer,
  NodeServices.layer,
  Layer.sync(Stages, makeStages),
  telemetryLayer
)

/** Which world is scraped, `simulator` or `live`; whoever starts the house says so. */
export const World = Config.Literals(["simulator", "live"], "WORLD")

const place = Layer.unwrap(Config.map(World, Place.layer))

/** What scraping keeps in files beside the journal. */
const kept = Layer.unwrap(
  Effect.map(Place, ({ dataDir }) => Layer.merge(Pauses.layer(dataDir), Quarantine.layer(dataDir)))
)

/** The house over these bookmakers. */
export const appOver = <E>(roster: Layer.Layer<Roster, E>) =>
  graphql.pipe(
    Layer.provideMerge(Invariant.layer),
    Layer.provideMerge(Scraping.layer.pipe(Layer.provide(kept))),
    Layer.provideMerge(Matcher.layer),
    Layer.provideMerge(OddsBooks.layer),
    Layer.provideMerge(Layer.effect(Base, StoredBase)),
    Layer.provideMerge(Hub.layer),
    Layer.provideMerge(storage),
    Layer.provideMerge(SqliteJournal.layer),
    Layer.provideMerge(bookmakersLayer),
    Layer.provideMerge(roster),
    Layer.provideMerge(place),
    Layer.provideMerge(foundations)
  )

export const App = appOver(Roster.layer)
