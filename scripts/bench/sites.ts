/**
 * The simulator's three sites as a plain client sees them: where lists and details are, and who is in a list.
 *
 * Nothing of the house is used here, so that the plain loop of `run` is a limit and not a copy.
 */

export interface Site {
  readonly name: "betpawa" | "sportybet" | "bet9ja"
  readonly bookmakerId: string
  /** Requests at once and the pause behind each, as the house has them by default. */
  readonly atOnce: number
  readonly pauseMs: number
  /** Median and 95th percentile of its recorded latency, ms. */
  readonly latency: { readonly median: number; readonly p95: number }
  readonly headers: Readonly<Record<string, string>>
  readonly detailPath: (id: string) => string
  /** The first page of its list. */
  readonly listPath: string
  /** From a page of the list: ids of events, and further pages. */
  readonly readList: (
    body: unknown,
    path: string
  ) => { readonly ids: readonly string[]; readonly more: readonly string[] }
}

/** Mean of the lognormal distribution through median and 95th percentile. */
export const meanLatency = ({ latency: { median, p95 } }: Site): number =>
  median * Math.exp((Math.log(p95 / median) / 1.6449) ** 2 / 2)

const PAGE = 100

const betpawaList = (skip: number): string => {
  const query = { eventType: "UPCOMING", categories: ["2"], zones: {}, hasOdds: true }
  const queries = [{ query, view: { marketTypes: ["3743"] }, skip, take: PAGE, sort: { startTime: "ASC" } }]
  return `/betpawa/api/sportsbook/v4/events/lists/by-queries?q=${encodeURIComponent(JSON.stringify({ queries }))}#${skip}`
}

const sportybetList = (page: number): string =>
  `/sportybet/api/ng/factsCenter/pcUpcomingEvents?sportId=sr:sport:1&marketId=1&pageSize=${PAGE}&pageNum=${page}&option=1&todayGames=false#${page}`

const FEED = "/bet9ja/desktop/feapi/PalimpsestAjax"

export const SITES: readonly Site[] = [
  {
    name: "betpawa",
    bookmakerId: "betpawa-ng",
    atOnce: 50,
    pauseMs: 0,
    latency: { median: 337, p95: 517 },
    headers: { accept: "application/json", "x-pawa-brand": "betpawa-nigeria", devicetype: "web" },
    detailPath: (id) => `/betpawa/api/sportsbook/v4/events/${id}`,
    listPath: betpawaList(0),
    readList: (body, path) => {
      const ids = membersOf(at(body, "responses", "0", "responses")).map((event) => String(at(event, "id")))
      return { ids, more: ids.length < PAGE ? [] : [betpawaList(Number(path.split("#")[1]) + PAGE)] }
    }
  },
  {
    name: "sportybet",
    bookmakerId: "sportybet-ng",
    atOnce: 50,
    pauseMs: 0,
    latency: { median: 505, p95: 979 },
    headers: { accept: "application/json", clientid: "web", operid: "2", platform: "web" },
    detailPath: (id) => `/sportybet/api/ng/factsCenter/event?eventId=${encodeURIComponent(id)}&productId=3&_t=1`,
    listPath: sportybetList(1),
    readList: (body, path) => {
      const page = Number(path.split("#")[1])
      const events = membersOf(at(body, "data", "tournaments")).flatMap((one) => membersOf(at(one, "events")))
      const more = page * PAGE < Number(at(body, "data", "totalNum") ?? 0) ? [sportybetList(page + 1)] : []
      return { ids: events.map((event) => String(at(event, "eventId"))), more }
    }
  },
  {
    name: "bet9ja",
    bookmakerId: "bet9ja-ng",
    atOnce: 15,
    pauseMs: 25,
    latency: { median: 596, p95: 841 },
    headers: { accept: "application/json", referer: "http://127.0.0.1/" },
    detailPath: (id) => `${FEED}/GetEvent?EVENTID=${id}&v_cache_version=1`,
    listPath: `${FEED}/GetSports?DISP=0&SPORTID=1&v_cache_version=1`,
    readList: (body) => {
      const groups = membersOf(at(body, "D", "PAL", "1", "SG")).flatMap((country) => entriesOf(at(country, "G")))
      return {
        ids: membersOf(at(body, "D", "E")).map((event) => String(at(event, "ID"))),
        more: groups.map(
          ([key, group]) => `${FEED}/GetEventsInGroup?GROUPID=${idOf(at(group, "GID")) ?? key}&DISP=0&v_cache_version=1`
        )
      }
    }
  }
]

/** The value at this path of keys; `undefined` where there is none. */
const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => new Map(entriesOf(inner)).get(key), value)

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  typeof value === "object" && value !== null ? Object.entries(value) : []

const membersOf = (value: unknown): readonly unknown[] => entriesOf(value).map(([, member]) => member)

const idOf = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? String(value) : undefined
