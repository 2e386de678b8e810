/**
 * The types of the client's documents, written by `npm run codegen` from `schema/graphql` and `Documents.ts`.
 * Not to be edited: change the documents and run it again.
 */
export interface GridData {
  /** Odds of a filter from now on: first where the client stands, then every change. `snapshot: false` starts at now, with the deltas only (each is whole markets, so a script needs no base). `conflateMs`: 0 to 60,000. */
  readonly oddsUpdated: {
    /** What it is. */
    readonly kind: OddsMessageKind
    /** Why there is a snapshot; SNAPSHOT only. */
    readonly reason: SnapshotReason | null
    /** The number of the page of a snapshot, from 0; 0 for messages of one page. */
    readonly page: number
    /** True on the last page, and on messages of one page. On RESUMED: false while what was missed follows, true where nothing was. */
    readonly lastPage: boolean
    /** Where the client stands once it has applied this. */
    readonly cursor: string
    /** Where the client has to stand for this to follow without a gap; null on the first message and on page 0 of any snapshot. */
    readonly previousCursor: string | null
    /** The server's clock, to correct a browser's. */
    readonly serverTime: string
    /** False while the journal's disk is unusable: what is shown could be lost in a crash. */
    readonly durable: boolean
    /** Events that entered the filter, or whose facts changed (kickoff, teams, competition). */
    readonly events: readonly GridEvent[]
    /** State of a whole (event, bookmaker). */
    readonly listings: readonly GridListing[]
    /** The whole market after the change, never a patch. */
    readonly offers: readonly GridOffer[]
    /** Best price and edge of every market touched, all that a bookmaker offers when it changes as a whole; computed only if selected. */
    readonly comparisons: readonly GridComparison[]
    /** Listings seen again unchanged; at most one batch a second, never held back by traffic. */
    readonly confirmations: readonly {
      /** The listing. */
      readonly listingId: string
      /** When the snapshot that confirmed it had arrived. */
      readonly confirmedAt: string
    }[]
    /** One entry when a bookmaker as a whole changes state: the worse of it and what was sent holds for all of its listings and offers. */
    readonly bookmakers: readonly GridBookmaker[]
    /** Ids of events that left: out of the filter, or out of memory. Everything whose eventId it is goes with an event. */
    readonly removed: readonly string[]
  }
}

export interface GridVariables {
  readonly filter?: OddsFilter | null | undefined
  readonly after?: string | null | undefined
  readonly conflateMs?: number | undefined
}

export interface GridEvent {
  /** The Sportradar match id, the one key all bookmakers share. */
  readonly id: string
  /** The home team. */
  readonly home: string
  /** The away team. */
  readonly away: string
  /** When it begins. */
  readonly kickoff: string
  /** The competition it belongs to. */
  readonly competition: {
    /** For example `england-premier-league`. */
    readonly id: string
    /** As the bookmaker that named it first spells it. */
    readonly name: string
    /** ISO 3166-1 alpha-2; `GB-ENG` and the like for the home nations; `ZZ` when it belongs to no country. */
    readonly countryCode: string
    /** The country, or the confederation. */
    readonly countryName: string
  }
}

export interface GridListing {
  /** `68995116/bet9ja-ng`: event and bookmaker. */
  readonly id: string
  /** The event. */
  readonly eventId: string
  /** Effective: bookmaker and listing taken together. */
  readonly state: OddsState
  /** When this state began; for NEVER_OFFERED, since when we have been looking. */
  readonly since: string
  /** Why; null while CONFIRMED. */
  readonly reason: GridReason | null
  /** When it was last seen, changed or not. A time, never an age: an age goes wrong in caches. null = never. */
  readonly confirmedAt: string | null
}

export interface GridOffer {
  /** `68995116/bet9ja-ng/over_under_ft@2.5`: event, bookmaker and market. In history `#` and its record follow, so that no cache takes it for the newest. */
  readonly id: string
  /** The event. */
  readonly eventId: string
  /** The bookmaker. */
  readonly bookmakerId: string
  /** Market type and line. */
  readonly marketKey: string
  /** Effective: bookmaker, listing and market taken together. */
  readonly state: OddsState
  /** When this state began. */
  readonly since: string
  /** Why; null while CONFIRMED. */
  readonly reason: GridReason | null
  /** When a price or state of it last changed; null = never offered. */
  readonly changedAt: string | null
  /** Sum of 1 / price, less one (double chance: half the sum, less one): 0.062. null unless every outcome is open, and where outcomes overlap. */
  readonly margin: number | null
  /** What the bookmaker shows, in catalogue order; empty = never offered. */
  readonly outcomes: readonly {
    /** `home`, `over` and the like; see `MarketType.outcomes`. */
    readonly outcome: string
    /** The last open price; null = never priced. */
    readonly price: string | null
    /** The same in thousandths, 1850, for arithmetic and spreadsheets. */
    readonly milli: number | null
    /** The open price before that, in thousandths; null = none. */
    readonly previousMilli: number | null
    /** Effective: bookmaker, listing, market and outcome taken together. */
    readonly state: OddsState
  }[]
}

export interface GridComparison {
  /** `68995116/over_under_ft@2.5`: event and market. */
  readonly id: string
  /** The event. */
  readonly eventId: string
  /** One per outcome of the type. */
  readonly best: readonly GridBest[]
  /** Spread of the capture times of those who count, in ms; null when fewer than two do. */
  readonly skewMs: number | null
  /** Who does not count, and why. */
  readonly excluded: readonly {
    /** The bookmaker. */
    readonly bookmakerId: string
    /** Why not. */
    readonly reason: GridReason
  }[]
}

export interface GridBest {
  /** The outcome. */
  readonly outcome: string
  /** The best price; null when nobody who counts has it open. */
  readonly price: string | null
  /** The same in thousandths. */
  readonly milli: number | null
  /** Everyone who has it, ties included. */
  readonly bookmakers: readonly string[]
  /** Our price / best competitor - 1; null when either does not count. */
  readonly ourEdge: number | null
}

export interface GridBookmaker {
  /** The price list: brand and country. */
  readonly id: string
  /** The brand as people write it. */
  readonly name: string
  /** True for the desk's own price list; edges are computed from it. */
  readonly ours: boolean
  /** The bookmaker as a whole. Anything but CONFIRMED makes all of its odds stale at once. */
  readonly state: OddsState
  /** When this state began. */
  readonly since: string
  /** Why; null while CONFIRMED. */
  readonly reason: GridReason | null
}

export interface GridReason {
  /** For programs. */
  readonly code: ReasonCode
  /** A full sentence for a trader. */
  readonly text: string
  /** When it is expected to end; null where nobody knows. */
  readonly until: string | null
}

export interface ProgressData {
  /** First message: where the run stands now. A run already over: one message, then complete. No id: every run of these triggers. */
  readonly scrapeProgress: RunProgress
}

export interface ProgressVariables {
  readonly runId?: string | null | undefined
}

export interface RunProgress {
  /** The run. */
  readonly runId: string
  /** Where it stands. */
  readonly phase: RunPhase
  /** Items (event at a bookmaker) done, failed ones included. */
  readonly current: number
  /** Items planned so far; grows while discovery goes on. */
  readonly total: number
  /** Events found so far. */
  readonly eventsCount: number
  /** A sentence for a person. */
  readonly message: string
  /** When it was so. */
  readonly at: string
  /** The run at this moment. */
  readonly run: {
    /** Who asked for it. */
    readonly trigger: RunTrigger
    /** When it began. */
    readonly startedAt: string
    /** When it ended; null while it runs. */
    readonly endedAt: string | null
    /** How many items failed. */
    readonly failureCount: number
    /** Per bookmaker, roster order. */
    readonly counts: readonly {
      /** The bookmaker. */
      readonly bookmakerId: string
      /** Events in its list. */
      readonly discovered: number
      /** Events to fetch. */
      readonly planned: number
      /** Events fetched. */
      readonly fetched: number
      /** Events that failed. */
      readonly failed: number
      /** Events it no longer has. */
      readonly gone: number
    }[]
  }
}

export interface DigestData {
  /** Digest of the folded state of a filter at the published mark, to prove that a client's state equals the server's. */
  readonly cacheDigest: {
    /** SHA-256 of the lines, in hexadecimal. Equal digests, equal states. */
    readonly digest: string
    /** The published mark it was taken at. */
    readonly cursor: string
  }
}

export interface DigestVariables {
  readonly filter?: OddsFilter | null | undefined
}

/** Which odds. Lists are ORed inside, fields ANDed; null = any; `[]` in any of them = nothing at all: no events, listings or offers. Times are absolute instants.
No `markets`: the main markets only. An unknown bookmaker or market is BAD_INPUT naming the value and the nearest known ones;
an unknown event id is allowed and starts when the event appears. */
export interface OddsFilter {
  /** Event ids. */
  readonly events?: readonly string[] | null | undefined
  /** Competition ids. */
  readonly competitions?: readonly string[] | null | undefined
  /** Country codes. */
  readonly countries?: readonly string[] | null | undefined
  /** Bookmaker ids. */
  readonly bookmakers?: readonly string[] | null | undefined
  /** Market keys; `"*"` = every market, which needs `events` or `competitions`. */
  readonly markets?: readonly string[] | null | undefined
  /** Kickoff at or after. */
  readonly kickoffFrom?: string | null | undefined
  /** Kickoff before. */
  readonly kickoffTo?: string | null | undefined
}

/** What a message of `oddsUpdated` is. */
export type OddsMessageKind = "RESUMED" | "SNAPSHOT" | "DELTA" | "CONFIRMED" | "HEARTBEAT"

/** Why a client gets a snapshot. */
export type SnapshotReason =
  | "FIRST"
  | "EPOCH_CHANGED"
  | "TOO_OLD"
  | "FILTER_CHANGED"
  | "INVALID_CURSOR"
  | "GAP"
  | "SLOW"

/** How far a price can be trusted. Bookmaker, listing and market each have one; the worst of the three is shown. They are listed best first. */
export type OddsState = "CONFIRMED" | "STALE" | "SUSPENDED" | "UNMAPPED" | "WITHDRAWN" | "NEVER_OFFERED"

/** What kept a price from being confirmed, or a fetch from succeeding. */
export type ReasonCode =
  | "OVERDUE"
  | "UNREACHABLE"
  | "TIMED_OUT"
  | "BLOCKED"
  | "THROTTLED"
  | "BROKEN"
  | "BREAKER_OPEN"
  | "UNREADABLE"
  | "TOO_LARGE"
  | "SUSPICIOUS_LIST"
  | "SUSPICIOUS_DETAIL"
  | "ACTOR_FAILED"
  | "DISABLED"
  | "SKEW"
  | "GONE"
  | "KICKED_OFF"
  | "OTHER"

/** The stages of a run, in order; the last four are its ends. */
export type RunPhase =
  | "INITIALIZING"
  | "DISCOVERING"
  | "SCRAPING"
  | "STORING"
  | "COMPLETED"
  | "PARTIAL"
  | "FAILED"
  | "CANCELLED"

/** Who asked for a run. */
export type RunTrigger = "SCHEDULE" | "MANUAL" | "RETRY" | "CADENCE"

/** In the order of the SDL. */
export const ODDS_STATES: readonly OddsState[] = [
  "CONFIRMED",
  "STALE",
  "SUSPENDED",
  "UNMAPPED",
  "WITHDRAWN",
  "NEVER_OFFERED"
]
