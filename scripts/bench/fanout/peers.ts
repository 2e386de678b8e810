/**
 * The packages of the peers that this project does not depend on, installed into a temporary folder for one benchmark.
 *
 * Mercurius and Apollo Server take graphql 16 only, so they could not live beside ours anyway.
 */
import { execFile } from "node:child_process"
import { mkdtemp, writeFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { argv } from "node:process"
import { promisify } from "node:util"

const PACKAGES = {
  "@apollo/server": "5.5.1",
  "@as-integrations/express5": "1.1.2",
  "@graphql-tools/schema": "10.1.5",
  express: "5.3.0",
  fastify: "5.12.8",
  graphql: "16.15.0",
  "graphql-subscriptions": "3.0.0",
  "graphql-ws": "6.4.2",
  mercurius: "16.10.1",
  "socket.io": "4.8.4",
  ws: "8.23.0"
} as const

/** The folder they lie in; undefined where they cannot be had, e.g. without a network. */
export const installPeers = async (): Promise<string | undefined> => {
  const folder = await mkdtemp(join(tmpdir(), "oddswire-peers-"))
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: PACKAGES }))
  return promisify(execFile)("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], {
    cwd: folder,
    timeout: 180_000
  }).then(
    () => folder,
    () => undefined
  )
}

/** One of these packages, in the process of a peer. Untyped: the compiler has never seen them. */
export const load = (name: string) => createRequire(join(argv[5] ?? "", "package.json"))(name)
