/** The controls of a running house's own simulator, as somebody with curl would use them. */
import assert from "node:assert/strict"
import type { House } from "./house.ts"

export interface Fault {
  readonly kind: string
  readonly bookmaker?: string
  readonly endpoint?: "list" | "event"
}

export interface Listed {
  readonly sportradarId: string
  readonly kickoff: number
  /** `Home - Away` */
  readonly name: string
  readonly competition: string
  readonly country: string
  /** Its id at each bookmaker that lists it. */
  readonly ids: Readonly<{ [bookmaker: string]: string }>
}

/** One fault as it was met, in the order of requests. */
export interface Met {
  readonly bookmaker: string
  readonly event: { readonly sportradarId: string } | null
  /** True where every attempt of the item within the minute fails. */
  readonly final: boolean
}

export interface Controls {
  /** Requests that have reached a bookmaker since its start. */
  readonly requestsTo: (bookmaker: "betpawa" | "sportybet" | "bet9ja") => Promise<number>
  readonly order: (fault: Fault) => Promise<void>
  readonly clearFaults: () => Promise<void>
  /** Every fault met so far, its ordinary weather included. */
  readonly faultsMet: () => Promise<readonly Met[]>
  readonly move: (share: number) => Promise<void>
  /** The matches it lists now, the next one first. */
  readonly events: () => Promise<readonly Listed[]>
}

export const controlsOf = (house: House): Controls =>
  controlsAt(/http:\/\/\S+\/_sim/.exec(house.output())?.[0] ?? assert.fail("no simulator"))

/** `url` ends in `/_sim`. */
export const controlsAt = (url: string): Controls => {
  const send = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${url}${path}`, { method, ...(body && { body: JSON.stringify(body) }) })
    assert.strictEqual(answer.status, 200, await answer.clone().text())
    return answer.json()
  }
  return {
    requestsTo: async (bookmaker) => Number((await send("GET", "")).requestsTo[bookmaker]),
    order: (fault) => send("POST", "/faults", fault),
    clearFaults: () => send("DELETE", "/faults"),
    faultsMet: async () => (await send("GET", "/faults")).faults,
    move: (share) => send("POST", "/move", { share }),
    events: () => send("GET", "/events")
  }
}
