/**
 * Connections to Postgres, replaced by new ones whenever a statement met trouble with theirs.
 *
 * The driver does not get over an outage by itself: a connection that was refused is never tried again, and one that
 * was cut with something unsent never sends again. After some of these every statement would wait for ever.
 */
import { connect } from "node:net"
import { Effect, Redacted } from "effect"
import postgres from "postgres"
import { ARRAY_TYPES } from "./ArrayTypes.ts"
import type { Pool, Types } from "./Statement.ts"

export interface Connections {
  readonly pool: () => Pool
  /** New ones for what comes; what is under way on the old ones may end. */
  readonly renew: Effect.Effect<void>
}

const LAST_STATEMENTS_S = 5

/**
 * `address` is asked for every set of connections: the embedded server may have moved. With the scope the last ones
 * are closed at once: whoever asked on them has ended before, and a server that hangs would hold up the end.
 */
export const connections = Effect.fnUntraced(function* (address: () => Redacted.Redacted) {
  const scope = yield* Effect.scope
  let current = open(address())
  yield* Effect.addFinalizer(() => end(current, 0))
  const held: Connections = {
    pool: () => current,
    renew: Effect.suspend(() => {
      const old = current
      current = open(address())
      return Effect.asVoid(Effect.forkIn(end(old, LAST_STATEMENTS_S), scope))
    })
  }
  return held
})

const open = (url: Redacted.Redacted): Pool =>
  postgres<{ readonly [name in keyof Types]: postgres.PostgresType<Types[name]> }>(Redacted.value(url), DRIVER)

const end = (pool: Pool, timeout: number): Effect.Effect<void> => Effect.promise(() => pool.end({ timeout }))

/** Every count, number and time of ours fits a double; times are milliseconds here and timestamptz there. */
const TYPES = {
  ...ARRAY_TYPES,
  bigint: { to: 20, from: [20], serialize: (value: number) => String(value), parse: Number },
  time: {
    to: 1184,
    from: [1082, 1114, 1184],
    serialize: (value: number) => new Date(value).toISOString(),
    parse: (text: string) =>
      Date.parse(/[+-]\d\d(:?\d\d)?$/.test(text) ? text.replace(/([+-]\d\d)$/, "$1:00") : `${text}Z`)
  }
}

// The driver leaves Nagle's algorithm on, which adds 40 ms to the end of every COPY.
const noDelaySocket = ({ host, port }: { readonly host: readonly string[]; readonly port: readonly number[] }) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: host[0] ?? "127.0.0.1", port: port[0] ?? 5432, noDelay: true })
    socket.setTimeout(5_000, () => socket.destroy(new Error("Postgres did not accept the connection in 5 s")))
    socket.once("connect", () => {
      socket.setTimeout(0)
      socket.removeListener("error", reject)
      resolve(socket)
    })
    socket.once("error", reject)
  })

const DRIVER = {
  max: 8,
  connect_timeout: 5,
  max_lifetime: 30 * 60,
  // Our own callers decide when to try again.
  backoff: false,
  onnotice: () => {},
  types: TYPES,
  fetch_types: false,
  // Days are UTC days and times are read as ISO, whatever the server or the role prefers.
  connection: { application_name: "oddswire", statement_timeout: 30_000, TimeZone: "UTC", DateStyle: "ISO" },
  // Not in the driver's types, but in its documentation.
  socket: noDelaySocket
}
