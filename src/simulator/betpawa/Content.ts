/**
 * What a BetPawa event says, free of how the wire says it.
 *
 * Lines are numbers from the home side's view, prices thousandths, times milliseconds; texts that the wire
 * derives from a line (specifiers, "Home -1") are not here, because the encoder must get them right.
 */
export interface Named {
  readonly id: string
  readonly name: string
}

export interface Widget {
  readonly id: string
  readonly type: string
  readonly retention: string | null
}

export interface Price {
  readonly id: string
  readonly name: string
  readonly typeId: string
  readonly milli: number
  readonly suspended: boolean
  readonly label: string
  /** `NO_UP`, `ONE_UP` or `TWO_UP`. */
  readonly up: string
  readonly win: number
  readonly refund: number
}

export interface Row {
  /** `null` where a row is only a part of the layout. */
  readonly id: string | null
  readonly line: number | null
  readonly prices: readonly Price[]
}

export interface Market {
  readonly typeId: string
  readonly name: string
  readonly label: string
  readonly explainer: string
  readonly priority: number
  readonly tabs: readonly string[]
  /** `NORMAL`, `ASIAN`, `EUROPEAN`, `NUMBER_SPECIFIER`, or empty. */
  readonly handicapType: string
  readonly columns: readonly string[]
  readonly cashout: boolean
  readonly rows: readonly Row[]
}

export interface Event {
  readonly id: string
  readonly home: Named
  readonly away: Named
  readonly widgets: readonly Widget[]
  readonly kickoff: number
  readonly category: Named
  readonly region: Named
  readonly competition: Named
  readonly inplay: boolean
  readonly version: number
  readonly marketCount: number
  readonly groupCount: number
  readonly groupCountByTab: { readonly [tab: string]: number }
  readonly markets: readonly Market[]
}
