/**
 * `oddswire/client/react`: the client as hooks, which commit at most once per animation frame.
 *
 * All hooks below one provider are drawn at the same frame, so a page never shows two moments side by side. No JSX,
 * so that this file runs as it is.
 */
import { createContext, createElement, useContext, useMemo, useSyncExternalStore } from "react"
import type { ReactNode } from "react"
import type { ConnectionView, OddswireClient } from "./Client.ts"
import { framed, makeFrames } from "./Frames.ts"
import type { Framed, NextFrame } from "./Frames.ts"
import type { OddsFilter } from "./generated.ts"
import type { OddsView } from "./OddsFeed.ts"
import type { ProgressView } from "./ProgressFeed.ts"

interface Provided {
  readonly client: OddswireClient
  readonly nextFrame: NextFrame
}

const Context = createContext<Provided | undefined>(undefined)

interface ProviderProps {
  readonly client: OddswireClient
  readonly children?: ReactNode
}

/** Everything below follows this client. Who made the client closes it. */
export const OddswireProvider = ({ client, children }: ProviderProps): ReactNode => {
  const value = useMemo(() => ({ client, nextFrame: makeFrames() }), [client])
  return createElement(Context.Provider, { value }, children)
}

/** The odds of a filter; none = the main markets of all events. The filter may be written in place: its content counts. */
export const useOdds = (filter: OddsFilter | null = null): OddsView => {
  const { client, nextFrame } = useProvided()
  const key = JSON.stringify(filter)
  const source = useMemo(() => framed(() => client.odds(JSON.parse(key)), NO_ODDS, nextFrame), [client, nextFrame, key])
  return useFramed(source)
}

/** How a run goes; without an id, whichever run goes. */
export const useScrapeProgress = (runId?: string): ProgressView => {
  const { client, nextFrame } = useProvided()
  const source = useMemo(() => framed(() => client.progress(runId), NO_PROGRESS, nextFrame), [client, nextFrame, runId])
  return useFramed(source)
}

/** What the page as a whole may claim, and how old what it shows is. Looks once a second besides, because age grows by itself. */
export const useConnection = (): ConnectionStanding => {
  const { client, nextFrame } = useProvided()
  const source = useMemo(
    () => framed(() => connectionSource(client), { ...client.connection(), ageMs: undefined }, nextFrame),
    [client, nextFrame]
  )
  return useFramed(source)
}

export interface ConnectionStanding extends ConnectionView {
  /** How long ago, by the server's clock, what is shown was so; undefined before the first message. */
  readonly ageMs: number | undefined
}

const useFramed = <View>({ subscribe, current }: Framed<View>): View =>
  useSyncExternalStore(subscribe, current, current)

const useProvided = (): Provided => {
  const provided = useContext(Context)
  if (provided === undefined) throw new Error("The hooks of oddswire need an <OddswireProvider client={…}> above them.")
  return provided
}

const NOTHING = { status: "connecting", reason: undefined, asOf: undefined } as const

const NO_ODDS: OddsView = {
  ...NOTHING,
  rows: [],
  bookmakers: new Map(),
  cursor: undefined,
  durable: true,
  faults: 0
}

const NO_PROGRESS: ProgressView = { ...NOTHING, progress: null, over: false }

const connectionSource = (client: OddswireClient) => {
  let timer: ReturnType<typeof setInterval> | undefined
  let view: ConnectionStanding | undefined
  return {
    view: (): ConnectionStanding => {
      const connection = client.connection()
      const now = client.serverNow()
      const { asOf } = connection
      const next = {
        ...connection,
        ageMs: now === undefined || asOf === undefined ? undefined : Math.max(0, now - asOf)
      }
      return (view = same(view, next))
    },
    onChange: (listener: () => void) => {
      const leave = client.onConnection(listener)
      timer = setInterval(listener, 1_000)
      return () => {
        leave()
        clearInterval(timer)
      }
    },
    close: () => clearInterval(timer)
  }
}

/** An age that differs by less than a second is the same for a reader, and no reason to draw. */
const same = (before: ConnectionStanding | undefined, next: ConnectionStanding): ConnectionStanding =>
  before !== undefined &&
  before.status === next.status &&
  before.reason === next.reason &&
  before.server === next.server &&
  Math.trunc((before.ageMs ?? -1) / 1_000) === Math.trunc((next.ageMs ?? -1) / 1_000)
    ? before
    : next
