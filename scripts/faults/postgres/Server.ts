/**
 * A Postgres of the run's own as a stranger runs it: on a small disk, with few connections, and with a role for the house
 * that has a password. The run itself comes as its superuser, whom nothing keeps out.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { readAt } from "../../../test/support/stored.ts"
import type { Stored } from "../../../test/support/stored.ts"
import { makePostgres } from "../../../test/support/stoppablePostgres.ts"
import type { StoppablePostgres } from "../../../test/support/stoppablePostgres.ts"
import { canMount, mountSmallDisk } from "../disk/SmallDisk.ts"
import type { SmallDisk } from "../disk/SmallDisk.ts"

export interface Server {
  readonly postgres: StoppablePostgres
  /** What the house is given as DATABASE_URL. */
  readonly url: string
  /** The address for another role, without a password. */
  readonly urlFor: (role: string) => string
  /** Undefined where nobody may mount one. */
  readonly disk: SmallDisk | undefined
  readonly asSuperuser: <A>(act: (sql: Stored) => Promise<A>) => Promise<A>
  readonly close: () => Promise<void>
}

export const PASSWORD = "first"
/** Connections for everybody but a superuser. */
export const CONNECTIONS = 20

/** Started, with nothing in it. */
export const openServer = async (folder: string): Promise<Server> => {
  const place = join(folder, "small")
  mkdirSync(place)
  const disk = canMount() ? mountSmallDisk(place, DISK_MEGABYTES, DISK_FILES) : undefined
  const postgres = await makePostgres(place, SETTINGS)
  const asSuperuser: Server["asSuperuser"] = (act) => readAt(postgres.url, act)
  askForPassword(join(place, "postgres", "pg_hba.conf"))
  await postgres.start()
  await asSuperuser(async (sql) => {
    await sql.unsafe(`create role house login password '${PASSWORD}'`)
    await sql`create role crowd login`
    await sql`alter database postgres owner to house`
  })
  return {
    postgres,
    url: postgres.url.replace("//oddswire@", `//house:${PASSWORD}@`),
    urlFor: (role) => postgres.url.replace("//oddswire@", `//${role}@`),
    disk,
    asSuperuser,
    close: async () => {
      disk?.free()
      await postgres.stop()
      disk?.unmount()
    }
  }
}

const DISK_MEGABYTES = 384
const DISK_FILES = 20_000
/** With as much log as the small disk has room for. */
const SETTINGS = [`max_connections=${CONNECTIONS + 3}`, "max_wal_size=64MB", "min_wal_size=32MB"]

/** The first line that fits decides. */
const askForPassword = (rules: string): void =>
  writeFileSync(rules, `host all house 127.0.0.1/32 scram-sha-256\n${readFileSync(rules, "utf8")}`)
