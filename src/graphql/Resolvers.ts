/**
 * The table of resolvers: one line per root field and one per object type.
 *
 * `Schema.ts` holds it against the SDL at start. A type is plain when its parents carry every field under its own
 * name; then there is nothing to resolve.
 */
import { cancelScrape, retryFailed, startScrape } from "./mutations/runs.ts"
import { replayDeadLetters } from "./mutations/deadLetters.ts"
import { pauseSchedule, resumeSchedule, updateSettings } from "./mutations/settings.ts"
import { bookmakerFields } from "./fields/Bookmaker.ts"
import { eventFields } from "./fields/Event.ts"
import { listingFields } from "./fields/Listing.ts"
import { bestPriceFields, marketComparisonFields, marketTypeFields } from "./fields/MarketComparison.ts"
import { marketOfferFields, outcomePriceFields } from "./fields/MarketOffer.ts"
import { scrapeProgressFields, scrapeRunFields } from "./fields/ScrapeRun.ts"
import { bookmakers, markets } from "./queries/catalogue.ts"
import { cacheDigest, changesSince } from "./queries/changes.ts"
import { deadLetters } from "./queries/deadLetters.ts"
import { event } from "./queries/event.ts"
import { driftSamples } from "./queries/drift.ts"
import { competitions, coverage, events } from "./queries/events.ts"
import { oddsHistory } from "./queries/history.ts"
import { scrapeRun, scrapeRuns } from "./queries/runs.ts"
import { settings } from "./queries/settings.ts"
import { system } from "./queries/system.ts"
import { root } from "./Runtime.ts"
import type { AnyResolver, ResolverMap } from "./Runtime.ts"
import { oddsUpdated } from "./subscriptions/oddsUpdated.ts"
import { scrapeProgress } from "./subscriptions/scrapeProgress.ts"
import { source } from "./subscriptions/Source.ts"
import { systemUpdated } from "./subscriptions/systemUpdated.ts"

export const resolvers: ResolverMap = {
  Query: {
    events: root(events),
    event: root(event),
    markets: root(markets),
    competitions: root(competitions),
    bookmakers: root(bookmakers),
    oddsHistory: root(oddsHistory),
    changesSince: root(changesSince),
    cacheDigest: root(cacheDigest),
    coverage: root(coverage),
    scrapeRuns: root(scrapeRuns),
    scrapeRun: root(scrapeRun),
    settings: root(settings),
    driftSamples: root(driftSamples),
    deadLetters: root(deadLetters),
    system: root(system)
  },
  Mutation: {
    startScrape: root(startScrape),
    retryFailed: root(retryFailed),
    cancelScrape: root(cancelScrape),
    updateSettings: root(updateSettings),
    pauseSchedule: root(pauseSchedule),
    resumeSchedule: root(resumeSchedule),
    replayDeadLetters: root(replayDeadLetters)
  },
  Event: eventFields,
  Listing: listingFields,
  Bookmaker: bookmakerFields,
  MarketOffer: marketOfferFields,
  OutcomePrice: outcomePriceFields,
  MarketComparison: marketComparisonFields,
  BestPrice: bestPriceFields,
  MarketType: marketTypeFields,
  ScrapeRun: scrapeRunFields,
  ScrapeProgress: scrapeProgressFields
}

/** What makes the stream of each subscription. */
export const subscribers: Readonly<Record<string, AnyResolver>> = {
  oddsUpdated: source(oddsUpdated),
  scrapeProgress: source(scrapeProgress),
  systemUpdated: source(systemUpdated)
}

export const PLAIN_TYPES: readonly string[] = [
  "PageInfo",
  "UserError",
  "Reason",
  "Competition",
  "UnmappedMarket",
  "Exclusion",
  "EventConnection",
  "CompetitionConnection",
  "CoverageConnection",
  "CoverageRow",
  "OddsMessage",
  "Confirmation",
  "ChangesPage",
  "CacheDigest",
  "HistoryConnection",
  "HistoryRow",
  "CheckSpan",
  "BookmakerStanding",
  "ScrapeRunConnection",
  "RunRequest",
  "RunCounts",
  "StageTiming",
  "FailureGroup",
  "FailureConnection",
  "ScrapeFailure",
  "ScrapePayload",
  "Settings",
  "BookmakerSettings",
  "CadenceTier",
  "SettingsPayload",
  "System",
  "Actor",
  "CacheStats",
  "JournalStatus",
  "StorageStatus",
  "ConnectionStats",
  "TableBytes",
  "TopicCount",
  "BookmakerWork",
  "Breaker",
  "DriftCount",
  "FreshnessLevel",
  "Incident",
  "DriftSample",
  "DeadLetterConnection",
  "DeadLetter",
  "ReplayPayload"
]
