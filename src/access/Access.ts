/**
 * Who may do what, and how often: viewers read, operators also change things.
 *
 * Without `ACCESS_TOKENS` everyone who reaches the port is an operator, so then only loopback may be listened on,
 * and only requests addressed to loopback by name are answered: a web page that points its own name at
 * 127.0.0.1 gets nothing. Nor is anyone counted then: all of them are the one who runs this machine.
 */
import { createHash, timingSafeEqual } from "node:crypto"
import { Clock, Config, Context, Data, Effect, Layer, Option, Redacted, Result } from "effect"
import { elapsedBy } from "../actor/Elapsed.ts"
import { makeBuckets } from "./Rate.ts"

export type Role = "viewer" | "operator"

/** Who sent a request; `who` is what the audit of settings keeps. */
export interface Caller {
  readonly role: Role
  readonly who: string
}

/** A setting that must not be used as it is; the message says which, and what to do. */
export class AccessRefused extends Data.TaggedError("AccessRefused")<{ readonly message: string }> {}

/** `ACCESS_TOKENS`: `role:token` pairs, comma-separated. `ACCESS_ORIGINS`: web origins besides our own that may use the API. */
export const Settings = Config.all({
  tokens: Config.Redacted("ACCESS_TOKENS").pipe(Config.withDefault(Redacted.make(""))),
  origins: Config.String("ACCESS_ORIGINS").pipe(Config.withDefault(""))
})

export class Access extends Context.Service<
  Access,
  {
    /** True when tokens are configured. */
    readonly tokensRequired: boolean
    /** The caller behind an `Authorization` header or a bare token; undefined = not let in. */
    readonly authenticate: (credential: string | undefined) => Caller | undefined
    /** Whether a request with these `Host` and `Origin` headers may come from where it says. No Origin = not a browser. */
    readonly mayCome: (host: string | undefined, origin: string | undefined) => boolean
    /** Whether this address may send one more HTTP request now; counts it. What a proxy says of others is not read. */
    readonly mayAsk: (address: string) => boolean
    /** Whether this caller may change one more thing now; counts it. */
    readonly mayChange: (caller: Caller) => boolean
    /** Fails when this address may not be listened on. */
    readonly mayListen: (host: string) => Effect.Effect<void, AccessRefused>
  }
>()("oddswire/access/Access") {
  static readonly layer = Layer.effect(
    Access,
    Effect.gen(function* () {
      const settings = yield* Settings
      const [grants, origins] = yield* both(readTokens(Redacted.value(settings.tokens)), readOrigins(settings.origins))
      const tokensRequired = grants.length > 0
      const now = elapsedBy(yield* Clock.Clock)
      const requests = makeBuckets(REQUESTS, now)
      const changes = makeBuckets(CHANGES, now)
      return {
        tokensRequired,
        authenticate: (credential) => (tokensRequired ? callerOf(grants, credential) : LOCAL),
        mayCome: (host, origin) =>
          (tokensRequired || isLoopback(hostName(host))) &&
          (origin === undefined || origins.has(origin) || isOwnOrigin(origin, host)),
        mayAsk: (address) => !tokensRequired || requests(address),
        mayChange: ({ who }) => !tokensRequired || changes(who),
        mayListen: (host) =>
          tokensRequired || isLoopback(host)
            ? Effect.void
            : Effect.fail(
                new AccessRefused({
                  message: `HOST is ${host}, which others can reach, and ACCESS_TOKENS is not set: set ACCESS_TOKENS=viewer:…,operator:… or HOST=127.0.0.1.`
                })
              )
      }
    })
  )
}

const REQUESTS = { perSecond: 50, burst: 100 } as const
const CHANGES = { perSecond: 5, burst: 5 } as const

const LOCAL: Caller = { role: "operator", who: "operator on this machine" }

interface Grant extends Caller {
  /** Tokens are compared by hash, so that neither length nor prefix shows in the time it takes. */
  readonly hash: Buffer
}

const readTokens = Effect.fnUntraced(function* (text: string) {
  const grants: Grant[] = []
  for (const [index, pair] of listOf(text).entries()) {
    const [role, token] = splitOnce(pair)
    if (role !== "viewer" && role !== "operator") {
      return yield* Effect.fail(
        new AccessRefused({
          message: `ACCESS_TOKENS: entry ${index + 1} does not begin with "viewer:" or "operator:"; write role:token pairs, comma-separated.`
        })
      )
    }
    if (token.length < MIN_TOKEN_LENGTH) {
      return yield* Effect.fail(
        new AccessRefused({
          message: `ACCESS_TOKENS: the token of entry ${index + 1} (${role}) is shorter than ${MIN_TOKEN_LENGTH} characters.`
        })
      )
    }
    grants.push({ role, who: `${role} with token ${index + 1}`, hash: sha256(token) })
  }
  return grants
})

const MIN_TOKEN_LENGTH = 16

const readOrigins = (text: string): Effect.Effect<ReadonlySet<string>, AccessRefused> => {
  const origins = listOf(text)
  const strange = origins.find((origin) => URL.parse(origin)?.origin !== origin)
  return strange === undefined
    ? Effect.succeed(new Set(origins))
    : Effect.fail(
        new AccessRefused({
          message: `ACCESS_ORIGINS: "${strange.slice(0, 80)}" is no web origin; write them like https://desk.example.com, comma-separated.`
        })
      )
}

/** One start tells the faults of both. */
const both = Effect.fnUntraced(function* <A, B>(
  first: Effect.Effect<A, AccessRefused>,
  second: Effect.Effect<B, AccessRefused>
) {
  const [a, b] = [yield* Effect.result(first), yield* Effect.result(second)]
  if (Result.isSuccess(a) && Result.isSuccess(b)) return [a.success, b.success] as const
  const faults = [Result.getFailure(a), Result.getFailure(b)].flatMap((fault) =>
    Option.isSome(fault) ? [fault.value.message] : []
  )
  return yield* Effect.fail(new AccessRefused({ message: faults.join("\n") }))
})

const callerOf = (grants: readonly Grant[], credential: string | undefined): Caller | undefined => {
  if (credential === undefined) return undefined
  const hash = sha256(credential.replace(/^Bearer /i, ""))
  const grant = grants.find((candidate) => timingSafeEqual(candidate.hash, hash))
  return grant === undefined ? undefined : { role: grant.role, who: grant.who }
}

const isOwnOrigin = (origin: string, host: string | undefined): boolean =>
  host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)

/** The name in a `Host` header, without its port. */
const hostName = (host: string | undefined): string => (host ?? "").replace(/:\d+$/, "")

export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host)

const listOf = (text: string): readonly string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")

const splitOnce = (pair: string): readonly [string, string] => {
  const at = pair.indexOf(":")
  return at === -1 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)]
}

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest()
