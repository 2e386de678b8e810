/**
 * Who may import whom, as data: the table that `npm run check` and the tests hold the code to.
 *
 * A room is a folder of `src`, or a file directly in it. Every room may import itself and the three that import
 * nothing of ours. What a package or a platform module is allowed to be near is listed as well, so that the choice
 * of a database driver or an HTTP client stays the business of one room.
 */

/** Rooms that any other may import; each imports nothing of ours. */
export const FOUNDATIONS: readonly string[] = ["domain", "actor", "observability"]

const CORRIDOR: readonly string[] = [
  "access",
  "bookmakers",
  "broadcast",
  "graphql",
  "journal",
  "matching",
  "odds",
  "pricing",
  "scraping",
  "storage"
]

/** What a room may import besides itself and the foundations. */
export const ROOMS: Readonly<{ [room: string]: readonly string[] }> = {
  bookmakers: [],
  matching: ["odds"],
  scraping: ["bookmakers", "matching"],
  odds: ["journal", "broadcast"],
  journal: [],
  storage: ["journal"],
  pricing: [],
  broadcast: [],
  access: [],
  graphql: ["odds", "journal", "storage", "broadcast", "scraping", "pricing", "access"],
  // The front of the house, which alone knows every room.
  App: [...CORRIDOR, "invariant"],
  // The one who compares what readers see with what is stored.
  invariant: ["odds", "journal", "storage"],
  Environment: [...CORRIDOR, "App"],
  House: [...CORRIDOR, "App", "Environment", "Leaving", "Restoration", "Watch"],
  Leaving: CORRIDOR,
  Restoration: CORRIDOR,
  Alarms: CORRIDOR,
  Gaps: CORRIDOR,
  Watch: [...CORRIDOR, "Alarms", "Gaps"],
  main: ["House"],
  // A misreading of a wire format must not pass on both sides, so the simulator shares no code with the house.
  simulator: [],
  client: [],
  dashboard: ["client"]
}

/** Rooms without the foundations: processes and programs of their own. */
export const STRANGERS: ReadonlySet<string> = new Set(["simulator", "client", "dashboard"])

/** Packages that only these rooms may import. */
export const PACKAGES: Readonly<{ [packageName: string]: readonly string[] }> = {
  postgres: ["storage"],
  undici: ["bookmakers"],
  ws: ["graphql", "client"],
  graphql: ["graphql"],
  "graphql-ws": ["graphql", "client"],
  "graphql-yoga": ["graphql"],
  "node:sqlite": ["journal"]
}
