/**
 * A real browser that npm brought, and pages for it: built as their author would, and served from this machine.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdir, readFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { Server } from "node:http"
import { tmpdir, userInfo } from "node:os"
import { extname, join } from "node:path"
import chromium from "@sparticuz/chromium"
import { chromium as driver } from "playwright-core"
import type { Browser } from "playwright-core"

const ROOT = join(import.meta.dirname, "../..")

export const launchBrowser = async (): Promise<Browser> =>
  driver.launch({
    executablePath: await ownBrowser(),
    // In one process the browser would end with its first page.
    args: [...chromium.args.filter((arg) => arg !== "--single-process"), "--disable-background-networking"]
  })

/** Unpacked into a folder of this user's own, since what another user has unpacked in the common one cannot be run. */
const ownBrowser = async (): Promise<string> => {
  const common = process.env["TMPDIR"]
  const own = join(tmpdir(), `oddswire-browser-${userInfo().uid}`)
  await mkdir(own, { recursive: true, mode: 0o700 })
  process.env["TMPDIR"] = own
  try {
    return await chromium.executablePath()
  } finally {
    if (common === undefined) delete process.env["TMPDIR"]
    else process.env["TMPDIR"] = common
  }
}

/** Builds a page with Vite, in a process of its own, as for production. */
export const buildPage = async (source: string, target: string): Promise<void> => {
  const vite = join(ROOT, "node_modules/vite/bin/vite.js")
  const options = ["--outDir", target, "--emptyOutDir", "--base", "./", "--logLevel", "warn"]
  const child = spawn(process.execPath, [vite, "build", join(ROOT, source), ...options], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", "inherit", "inherit"]
  })
  const [code] = await once(child, "exit")
  if (code !== 0) throw new Error(`${source} could not be built (exit code ${code})`)
}

const TYPES: Readonly<{ [extension: string]: string }> = { ".html": "text/html", ".js": "text/javascript" }

/** Serves the files below a folder on any free port. */
export const serveFolder = async (folder: string): Promise<Server> => {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://page").pathname
    const file = path.endsWith("/") ? `${path}index.html` : path
    readFile(join(folder, file)).then(
      (body) => response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain" }).end(body),
      () => response.writeHead(404).end()
    )
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  return server
}

export const portOf = (server: Server): number => {
  const address = server.address()
  return address !== null && typeof address === "object" ? address.port : 0
}
