/**
 * What a SportyBet event says, free of how the wire says it: prices are thousandths, switches are booleans.
 */
export interface Outcome {
  readonly id: string
  readonly milli: number
  readonly probability: number
  readonly active: boolean
  /** Whether it can be cashed out; `null` where nothing is said. */
  readonly cashOut: boolean | null
  readonly desc: string
}

export interface Market {
  readonly id: string
  readonly specifier: string | null
  readonly product: 1 | 3
  readonly desc: string
  readonly status: 0 | 1 | 2
  readonly group: string
  readonly groupId: string
  /** `null` in lists. */
  readonly guide: string | null
  readonly title: string
  readonly name: string
  readonly favourite: boolean
  readonly farNear: -1 | 0 | 1
  readonly outcomes: readonly Outcome[]
  /** The early-payout variants beside a 1X2, `1UP` and `2UP`, in the order shown. */
  readonly variants: readonly ("1UP" | "2UP")[]
  readonly slider: readonly string[] | null
  /** An over/under that also exists for early goals, within so many minutes. */
  readonly earlyMinutes: number | null
  readonly source: string
  readonly changedAt: number
}

export interface Event {
  readonly eventId: string
  readonly gameId: string
  readonly kickoff: number
  readonly status: number
  readonly matchStatus: string
  readonly live: {
    readonly setScore: string
    readonly gameScore: readonly string[]
    readonly period: string
    readonly played: string
  } | null
  readonly home: { readonly id: string; readonly name: string }
  readonly away: { readonly id: string; readonly name: string }
  readonly category: { readonly id: string; readonly name: string }
  readonly tournament: { readonly id: string; readonly name: string }
  /** Only in lists. */
  readonly totalMarketSize: number | null
  readonly markets: readonly Market[]
  /** Only in details. */
  readonly page: {
    readonly topTeam: boolean
    readonly homeIcon: string
    readonly awayIcon: string
    readonly comments: number
    readonly topicId: number
    readonly venue: string
    readonly source: string
    readonly sourceId: string
  } | null
}
