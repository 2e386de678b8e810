/** The JSON parts of images, decoded once here: facts of an event, header of a listing, standing of a bookmaker, sightings. */
import { Schema } from "effect"

const Id = {
  event: Schema.String.pipe(Schema.brand("EventId")),
  bookmaker: Schema.String.pipe(Schema.brand("BookmakerId"))
}

const Reason = Schema.Struct({
  code: Schema.Literals([
    "OVERDUE",
    "UNREACHABLE",
    "TIMED_OUT",
    "BLOCKED",
    "THROTTLED",
    "BROKEN",
    "BREAKER_OPEN",
    "UNREADABLE",
    "TOO_LARGE",
    "SUSPICIOUS_LIST",
    "SUSPICIOUS_DETAIL",
    "ACTOR_FAILED",
    "DISABLED",
    "SKEW",
    "GONE",
    "KICKED_OFF",
    "OTHER"
  ]),
  text: Schema.String,
  until: Schema.optionalKey(Schema.Finite)
})

const standing = {
  state: Schema.Literals(["CONFIRMED", "STALE", "SUSPENDED", "WITHDRAWN", "NEVER_OFFERED", "UNMAPPED"]),
  since: Schema.Finite,
  reason: Schema.optionalKey(Reason)
}

export const FactsImage = Schema.fromJsonString(
  Schema.Struct({
    id: Id.event,
    home: Schema.String,
    away: Schema.String,
    kickoff: Schema.Finite,
    competition: Schema.Struct({
      id: Schema.String.pipe(Schema.brand("CompetitionId")),
      name: Schema.String,
      countryCode: Schema.String,
      countryName: Schema.String
    })
  })
)

export const StandingImage = Schema.fromJsonString(Schema.Struct(standing))

export const BookHeader = Schema.fromJsonString(
  Schema.Struct({
    eventId: Id.event,
    bookmakerId: Id.bookmaker,
    phase: Schema.Literals(["PREMATCH", "INPLAY"]),
    listing: Schema.Struct({
      ...standing,
      bookmakerEventId: Schema.String,
      bookmakerCompetitionId: Schema.optionalKey(Schema.String),
      mappedCount: Schema.Int,
      unmapped: Schema.Array(Schema.Struct({ nativeId: Schema.String, name: Schema.String, outcomeCount: Schema.Int }))
    }),
    confirmedAt: Schema.NullOr(Schema.Finite),
    requestedAt: Schema.NullOr(Schema.Finite),
    observedAt: Schema.NullOr(Schema.Finite),
    publishedAt: Schema.NullOr(Schema.Finite)
  })
)

/** By event id: requestedAt, observedAt, and publishedAt or null. */
export const SightingsImage = Schema.fromJsonString(
  Schema.Record(Id.event, Schema.Tuple([Schema.Finite, Schema.Finite, Schema.NullOr(Schema.Finite)]))
)
