/** What Postgres may come down with, each begun and ended on command, and the sign that the house has met it. */
import { setTimeout as pause } from "node:timers/promises"
import postgres from "postgres"
import type { Stored } from "../../../test/support/stored.ts"
import { CONNECTIONS, PASSWORD } from "./Server.ts"
import type { Server } from "./Server.ts"

export interface Ailment {
  readonly what: string
  /** Ends when it has begun; what it answers ends it. */
  readonly begin: (server: Server) => Promise<() => Promise<void>>
  /** From the last error that the house tells, or from the server. */
  readonly isMet: (lastError: string, server: Server) => Promise<boolean>
}

const says = (sign: RegExp) => (lastError: string) => Promise.resolve(sign.test(lastError))

export const FULL_DISK: Ailment = {
  what: "a full disk (P297)",
  begin: ({ disk, postgres: server }) => {
    disk?.fill()
    return Promise.resolve(async () => {
      disk?.free()
      // It ends where it cannot even write its log; then an operator starts it again.
      if (server.isUp()) return
      await server.stop()
      await server.start()
    })
  },
  isMet: says(/53100|No space left|57P0\d/)
}

export const AILMENTS: readonly Ailment[] = [
  {
    what: "a lock on market_current (P302)",
    begin: async (server) => {
      const sql = postgres(server.postgres.url, CLIENT)
      const { promise: held, resolve: release } = Promise.withResolvers<void>()
      const { promise: locked, resolve: lock } = Promise.withResolvers<void>()
      const whole = sql.begin(async (inside) => {
        await inside`lock table market_current in access exclusive mode`
        lock()
        await held
      })
      await Promise.race([locked, whole])
      return async () => {
        release()
        await whole
        await sql.end({ timeout: 1 })
      }
    },
    isMet: (_, { asSuperuser }) =>
      asSuperuser(async (sql) => {
        const [waiting] = await sql<{ count: number }[]>`
          select count(*)::integer from pg_locks where not granted and relation = 'market_current'::regclass`
        return (waiting?.count ?? 0) > 0
      })
  },
  {
    what: "a changed password (P300)",
    begin: async ({ asSuperuser }) => {
      await asSuperuser(async (sql) => {
        await sql`alter role house password 'second'`
        await cutOff(sql)
      })
      return () => asSuperuser(async (sql) => void (await sql.unsafe(`alter role house password '${PASSWORD}'`)))
    },
    isMet: says(/28P01/)
  },
  {
    what: "no connection left (P299)",
    begin: async ({ asSuperuser, urlFor }) => {
      // Kept out until the others have come in.
      await asSuperuser(async (sql) => {
        await sql`alter role house connection limit 0`
        await cutOff(sql)
      })
      const crowd: Stored[] = []
      while (crowd.length < CONNECTIONS) crowd.push(await comeIn(urlFor("crowd")))
      await asSuperuser(async (sql) => void (await sql`alter role house connection limit -1`))
      return async () => void (await Promise.all(crowd.map((one) => one.end({ timeout: 1 }))))
    },
    isMet: says(/53300/)
  },
  {
    what: "an immediate restart (P298)",
    begin: async ({ postgres: server }) => {
      await server.crash()
      return server.start
    },
    isMet: says(/ECONNREFUSED|CONNECTION_|57P0\d|connection was lost/)
  }
]

/** A new password or limit hurts nobody who is in already; ends when they have gone. */
const cutOff = (sql: Stored) =>
  sql`select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'house'`

/** Whoever has left has a place for a moment more, the run's own superuser too. */
const comeIn = async (url: string): Promise<Stored> => {
  for (let tries = 0; ; tries++) {
    const one = postgres(url, CLIENT)
    const [came] = await Promise.allSettled([one`select 1`])
    if (came.status === "fulfilled") return one
    await one.end({ timeout: 0 })
    if (tries === 100) throw came.reason
    await pause(50)
  }
}

/** What it would ask for by itself when it comes in would fail unheard where the server goes away. */
const CLIENT = { max: 1, onnotice: () => {}, fetch_types: false }
