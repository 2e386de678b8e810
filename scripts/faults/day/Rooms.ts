/** The corridor from matching to the websocket, all of it the house's own but for a journal in memory. */
import { Layer } from "effect"
import { Fatal } from "../../../src/actor/Fatal.ts"
import { Supervisor } from "../../../src/actor/Supervisor.ts"
import { Hub } from "../../../src/broadcast/Hub.ts"
import { Matcher } from "../../../src/matching/Matcher.ts"
import { OddsBooks } from "../../../src/odds/OddsBooks.ts"
import { served, unasked } from "../../../test/graphql/subscriptions/house.ts"
import { memoryJournal } from "../../../test/support/MemoryJournal.ts"

export const rooms = served.pipe(
  Layer.provideMerge(Matcher.layer),
  Layer.provideMerge(OddsBooks.layer),
  Layer.provideMerge(Hub.layer),
  Layer.provideMerge(Layer.fresh(memoryJournal())),
  Layer.provideMerge(Layer.mergeAll(unasked({}), Supervisor.layer, Layer.fresh(Fatal.layer)))
)
