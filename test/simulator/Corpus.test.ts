import { connect } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { CASES } from "../../src/simulator/faults/Cases.ts"
import { detailPaths, everywhere, MatchesView, running } from "./support/running.ts"

/** Good bytes that come late, in pieces, or on a connection that then ends; and the one that spares nine replies in ten. */
const ONLY_LATER = ["H17", "H18", "H19", "H20", "H21", "H22", "H23", "D172"]
/** They damage lists. */
const OF_LISTS = /^M(?:14[67]|15[2-9]|160)$/
/** A kickoff in milliseconds is what SportyBet writes anyway. */
const AS_EVER = ["M133-milliseconds sportybet"]

const ENOUGH = 200_000

/** The first bytes of an answer without its date, or the fault in which the connection ended. */
const bytesOf = (url: string, path: string): Effect.Effect<string> =>
  Effect.callback((resume) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    let seen = ""
    const end = (how: string): void => {
      resume(Effect.succeed(`${seen.replace(/\r\ndate: [^\r]*/i, "")}${how}`))
      socket.destroy()
    }
    socket.setEncoding("latin1").on("data", (piece: string) => {
      seen += piece
      if (seen.length > ENOUGH) end("")
    })
    socket.on("error", ({ message }) => end(message))
    socket.on("close", () => end(""))
    socket.write(
      `GET ${path} HTTP/1.1\r\nhost: simulator\r\naccept: application/json\r\nx-pawa-brand: betpawa-nigeria\r\nconnection: close\r\n\r\n`
    )
  })

const kinds = [...CASES.keys()].filter((kind) => /^[HSEJOMD]\d/.test(kind) && !ONLY_LATER.includes(kind))

describe("the corpus of bad input", () => {
  it.effect("changes an event's answer by every case, in each of the three formats", () =>
    Effect.gen(function* () {
      const { read, post, url } = yield* running()
      const matches = yield* read(MatchesView, "/_sim/events")
      const match = matches.find(({ ids }) => everywhere(ids)) ?? assert.fail("no match is listed everywhere")
      for (const [bookmaker, path] of detailPaths(match.ids)) {
        const good = yield* bytesOf(url, path)
        for (const kind of kinds.filter((each) => !OF_LISTS.test(each))) {
          yield* post("/_sim/faults", { kind, count: 1 })
          const same = (yield* bytesOf(url, path)) === good
          assert.strictEqual(same, AS_EVER.includes(`${kind} ${bookmaker}`), `${kind} at ${bookmaker}`)
        }
        assert.strictEqual(yield* bytesOf(url, path), good)
      }
    })
  )

  it.effect("changes a list by every case that is one of lists", () =>
    Effect.gen(function* () {
      const { post, url } = yield* running()
      const path = "/sportybet/api/ng/factsCenter/pcUpcomingEvents?sportId=sr:sport:1&marketId=1&pageSize=100&pageNum=1"
      const good = yield* bytesOf(url, path)
      for (const kind of kinds.filter((each) => OF_LISTS.test(each))) {
        yield* post("/_sim/faults", { kind, count: 1 })
        assert.notStrictEqual(yield* bytesOf(url, path), good, kind)
      }
    })
  )
})
