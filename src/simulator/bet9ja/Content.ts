/**
 * What a Bet9ja event says, free of how the wire says it: markets own their prices, prices are thousandths.
 */
export interface Price {
  readonly suffix: string
  readonly line: number | null
  readonly milli: number
  readonly suspended: boolean
}

export interface Market {
  readonly id: string
  readonly name: string
  readonly guide: string
  readonly priority: number
  readonly view: string
  readonly category: string
  readonly marketId: string
  readonly count: string
  readonly countLabel: string
  /** Every suffix the market can have, with its label. */
  readonly suffixes: readonly { readonly suffix: string; readonly label: string }[]
  readonly prices: readonly Price[]
}

export interface Event {
  readonly id: number
  readonly code: string
  readonly sportradarId: string
  readonly home: string
  readonly away: string
  readonly kickoff: number
  readonly group: { readonly id: number; readonly name: string; readonly priority: number }
  readonly country: { readonly id: number; readonly name: string }
  readonly open: boolean
  /** Only in details. */
  readonly page: {
    readonly playerEventId: number
    readonly sportcastId: string
    readonly betBuilder: boolean
    readonly streaming: boolean
    readonly categories: readonly { readonly code: string; readonly name: string }[]
  } | null
  readonly markets: readonly Market[]
}
