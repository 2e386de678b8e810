/** `OddsMessage`: the one shape of everything that `oddsUpdated` sends, as its field resolvers read it. */
import type { Cause } from "../../broadcast/Group.ts"
import type { BookmakerParent, ComparisonParent, EventParent, ListingParent, OfferParent } from "../reading/Parents.ts"

export type OddsMessageKind = "RESUMED" | "SNAPSHOT" | "DELTA" | "CONFIRMED" | "HEARTBEAT"

export type SnapshotReason = Cause

export interface OddsMessageParent extends Contents {
  readonly kind: OddsMessageKind
  readonly reason: SnapshotReason | null
  readonly page: number
  readonly lastPage: boolean
  readonly cursor: string
  readonly previousCursor: string | null
  readonly serverTime: number
  readonly durable: boolean
}

export interface Contents {
  readonly events: readonly EventParent[]
  readonly listings: readonly ListingParent[]
  readonly offers: readonly OfferParent[]
  /** A function, so that nothing is compared for a document that does not ask for it. */
  readonly comparisons: () => readonly ComparisonParent[]
  readonly confirmations: readonly ConfirmationParent[]
  readonly bookmakers: readonly BookmakerParent[]
  readonly removed: readonly string[]
}

/** `Confirmation`. */
export interface ConfirmationParent {
  readonly listingId: string
  readonly confirmedAt: number
}
