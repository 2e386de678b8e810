/**
 * The documents that the client speaks, each built so that all who ask alike share the server's bytes.
 *
 * `GRID` is what a trading grid needs: the main markets of all events, or of a filter. It selects every field of
 * the digest, so that any client of it can prove its state; times instead of ages, which shared bytes would freeze.
 * The types beside them are generated: run `npm run codegen` after a change.
 */

export const GRID = /* GraphQL */ `
  subscription Grid($filter: OddsFilter, $after: Cursor, $conflateMs: Int! = 0) {
    oddsUpdated(filter: $filter, after: $after, conflateMs: $conflateMs) {
      kind
      reason
      page
      lastPage
      cursor
      previousCursor
      serverTime
      durable
      events {
        ...GridEvent
      }
      listings {
        ...GridListing
      }
      offers {
        ...GridOffer
      }
      comparisons {
        ...GridComparison
      }
      confirmations {
        listingId
        confirmedAt
      }
      bookmakers {
        ...GridBookmaker
      }
      removed
    }
  }

  fragment GridEvent on Event {
    id
    home
    away
    kickoff
    competition {
      id
      name
      countryCode
      countryName
    }
  }

  fragment GridListing on Listing {
    id
    eventId
    state
    since
    reason {
      ...GridReason
    }
    confirmedAt
  }

  fragment GridOffer on MarketOffer {
    id
    eventId
    bookmakerId
    marketKey
    state
    since
    reason {
      ...GridReason
    }
    changedAt
    margin
    outcomes {
      outcome
      price
      milli
      previousMilli
      state
    }
  }

  fragment GridComparison on MarketComparison {
    id
    eventId
    best {
      ...GridBest
    }
    skewMs
    excluded {
      bookmakerId
      reason {
        ...GridReason
      }
    }
  }

  fragment GridBest on BestPrice {
    outcome
    price
    milli
    bookmakers
    ourEdge
  }

  fragment GridBookmaker on Bookmaker {
    id
    name
    ours
    state
    since
    reason {
      ...GridReason
    }
  }

  fragment GridReason on Reason {
    code
    text
    until
  }
`

export const PROGRESS = /* GraphQL */ `
  subscription Progress($runId: ID) {
    scrapeProgress(runId: $runId) {
      ...RunProgress
    }
  }

  fragment RunProgress on ScrapeProgress {
    runId
    phase
    current
    total
    eventsCount
    message
    at
    run {
      trigger
      startedAt
      endedAt
      failureCount
      counts {
        bookmakerId
        discovered
        planned
        fetched
        failed
        gone
      }
    }
  }
`

export const DIGEST = /* GraphQL */ `
  query Digest($filter: OddsFilter) {
    cacheDigest(filter: $filter) {
      digest
      cursor
    }
  }
`
