/**
 * H1–H7: faults that come before any server is reached, so the fault kit brings them about and not the simulator.
 *
 * The faulted bookmaker is reached under a name of its own and through a line of its own, good at first.
 */
import { Effect, Scope } from "effect"
import tls from "node:tls"
import { startCuttingProxy } from "../../../../test/support/cuttingProxy.ts"
import { BLACK_HOLE, openBlackHole } from "../../kit/blackHole.ts"
import { certify } from "../../kit/certificates.ts"
import { forget, resolve } from "../../kit/names.ts"
import type { Resolution } from "../../kit/names.ts"
import { startTlsFront } from "../../kit/tlsFront.ts"
import type { TlsFront } from "../../kit/tlsFront.ts"
import { judgeEvent } from "./event.ts"
import type { Judged } from "./event.ts"
import type { Case, Site } from "../Expected.ts"
import type { Stage } from "../stage.ts"

/** The good line of a bookmaker, and how it breaks. */
interface Line {
  readonly root: string
  readonly fail: Effect.Effect<void>
}

type MakeLine = (name: string, port: number) => Effect.Effect<Line, never, Scope.Scope>

export const judgeLine = (stage: Stage, each: Case, site: Site): Effect.Effect<Judged> =>
  Effect.scoped(
    Effect.gen(function* () {
      const base = `${site.toUpperCase()}_BASE_URL`
      const name = `${each.id.toLowerCase()}.invalid`
      const { fail, root } = yield* (LINES[each.id] ?? closed)(
        name,
        Number(new URL(stage.environment[base] ?? "").port)
      )
      const options = { environment: { ...stage.environment, [base]: `${root}/${site}` } }
      return yield* judgeEvent(stage, options, each, site, { begin: fail, met: Effect.succeed(true), end: Effect.void })
    })
  )

/** Nobody listens at any further address of the loopback. */
const NOBODY = "127.0.0.3"

/** A line whose name leads elsewhere from then on. */
const renamed = (
  to: Resolution,
  before: (port: number) => Effect.Effect<void, never, Scope.Scope> = () => Effect.void
): MakeLine =>
  Effect.fnUntraced(function* (name, port) {
    const proxy = yield* Effect.acquireRelease(
      Effect.promise(() => startCuttingProxy(port)),
      ({ close }) => Effect.sync(close)
    )
    yield* before(proxy.port)
    yield* named(name)
    return {
      root: `http://${name}:${proxy.port}`,
      fail: Effect.sync(() => {
        resolve(name, to)
        proxy.cut("RST")
      })
    }
  })

/** A line over TLS with a certificate that is trusted. */
const secured = (fail: (front: TlsFront, name: string) => void): MakeLine =>
  Effect.fnUntraced(function* (name, port) {
    const certified = certify(name, Date.now())
    const front = yield* Effect.acquireRelease(
      Effect.promise(() => startTlsFront(port, certified)),
      ({ close }) => Effect.sync(close)
    )
    trust(certified.cert)
    yield* named(name)
    return { root: `https://${name}:${front.port}`, fail: Effect.sync(() => fail(front, name)) }
  })

const named = (name: string): Effect.Effect<void, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => resolve(name, { address: "127.0.0.1" })),
    () => Effect.sync(() => forget(name))
  )

const trust = (cert: string): void => tls.setDefaultCACertificates([...tls.getCACertificates(), cert])

/** What is shown is trusted, so that it fails for the one reason it is meant to. */
const showing = (host: (name: string) => string, from: () => number): MakeLine =>
  secured((front, name) => {
    const certified = certify(host(name), from())
    trust(certified.cert)
    front.show(certified)
  })

const YEAR = 365 * 24 * 3_600_000

const closed = renamed({ address: NOBODY })

const LINES: { readonly [id: string]: MakeLine } = {
  H1: closed,
  H2: renamed({ address: BLACK_HOLE }, (port) =>
    Effect.acquireRelease(
      Effect.promise(() => openBlackHole(port)),
      (close) => Effect.promise(close)
    )
  ),
  H3: renamed("UNKNOWN"),
  H4: renamed("SILENCE"),
  H5: showing(
    (name) => name,
    () => Date.now() - YEAR
  ),
  H6: showing(
    () => "elsewhere.invalid",
    () => Date.now()
  ),
  H7: secured((front) => front.cutHandshakes())
}
