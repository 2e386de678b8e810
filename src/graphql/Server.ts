/**
 * The one port: GraphQL and GraphiQL, the probes, the metrics, and the page at `/`.
 *
 * Who may come is decided before anything is read: Host and Origin, then the access token, then the form of the
 * request. The websocket server takes the same port's upgrades from `Server.node`.
 */
import { createServer } from "node:http"
import type { IncomingMessage, Server as NodeServer, ServerResponse } from "node:http"
import { Config, Context, Data, Effect, FiberSet, Layer, Schema } from "effect"
import { Access } from "../access/Access.ts"
import type { Caller } from "../access/Access.ts"
import { bodyOf, Health } from "../observability/Health.ts"
import type { HealthReport } from "../observability/Health.ts"
import { metricsPage } from "../observability/Metrics.ts"
import { allow, isPreflight, letRead } from "./http/CrossOrigin.ts"
import { Documents } from "./admission/Documents.ts"
import { ApiError, ERRORS } from "./Errors.ts"
import { Pages } from "./http/Pages.ts"
import { version } from "./queries/system.ts"
import { ApiRuntime } from "./Runtime.ts"
import { ApiSchema } from "./Schema.ts"
import { attachWebSocket } from "./WebSocket.ts"
import { makeYoga } from "./http/Yoga.ts"

// Config.Port has no 0.
const PortNumber = Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 0, maximum: 65_535 }))

/** `HOST` and `PORT`: where to listen; port 0 takes any free one. */
export const Settings = Config.all({
  host: Config.String("HOST").pipe(Config.withDefault("127.0.0.1")),
  port: Config.schema(PortNumber, "PORT").pipe(Config.withDefault(4000))
})

/** The port cannot be listened on; the message says why and what to do. */
export class ListenFailed extends Data.TaggedError("ListenFailed")<{ readonly message: string }> {}

export class Server extends Context.Service<
  Server,
  {
    /** For the websocket server to take `upgrade` from. */
    readonly node: NodeServer
    readonly host: string
    readonly port: number
    /** `http://127.0.0.1:4000` */
    readonly url: string
    /** Tells everybody at a websocket to come back, one after another, and lets nobody new in; queries are still answered. */
    readonly farewell: Effect.Effect<void>
  }
>()("oddswire/graphql/Server") {
  static readonly layer = Layer.effect(
    Server,
    Effect.gen(function* () {
      const { host, port } = yield* Settings
      const access = yield* Access
      yield* access.mayListen(host)
      const node = yield* listener
      const bound = yield* Effect.acquireRelease(listen(node, host, port), () => close(node))
      const { farewell } = yield* attachWebSocket({ server: node, path: "/graphql", version })
      return { node, host, port: bound, url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`, farewell }
    })
  )
}

/** Slow senders are cut: headers in 10 s, the whole request in 15 s, looked at every second. */
const TIMEOUTS = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384
} as const

const listener = Effect.gen(function* () {
  const access = yield* Access
  const runtime = yield* ApiRuntime
  const pages = yield* Pages
  const run = yield* FiberSet.makeRuntime<Health, void, never>()
  const graphql = makeYoga({ ...(yield* ApiSchema), documents: yield* Documents, runtime })
  const route = (request: IncomingMessage, response: ServerResponse): void => {
    const path = pathOf(request)
    if (path === "/healthz")
      return void run(
        probe(
          response,
          Effect.flatMap(Health, ({ live }) => live)
        )
      )
    if (path === "/readyz")
      return void run(
        probe(
          response,
          Effect.flatMap(Health, ({ ready }) => ready)
        )
      )
    const refuse = (error: ApiError): void => sendRefusal(response, error, runtime.nextRequestId())
    const { host, origin, authorization } = request.headers
    if (!access.mayCome(host, origin))
      return refuse(new ApiError({ code: "ORIGIN_REFUSED", message: foreign(host, origin) }))
    if (origin !== undefined) letRead(response, origin)
    if (!access.mayAsk(request.socket.remoteAddress ?? "")) return refuse(TOO_MANY_REQUESTS)
    if (isPreflight(request)) return allow(response)
    if (request.method === "GET" && path === "/") return html(response, pages.home())
    if (isPageRequest(request) && path === "/graphql") return html(response, pages.graphiql())
    const caller = access.authenticate(authorization)
    if (caller === undefined)
      return refuse(new ApiError({ code: "UNAUTHENTICATED", message: ERRORS.UNAUTHENTICATED.meaning }))
    if (path === "/metrics")
      return void run(Effect.map(metricsPage, (text) => send(response, 200, "text/plain; version=0.0.4", text)))
    if (path !== "/graphql")
      return send(response, 404, "text/plain", "Not here: /graphql, /healthz, /readyz, /metrics and / are.\n")
    const wrong = wrongForm(request)
    return wrong === undefined
      ? graphql(request, response, factsOf(request, caller, runtime.nextRequestId()))
      : refuse(wrong)
  }
  const node = createServer(TIMEOUTS, (request, response) => {
    harden(response)
    const { socket } = request
    // What was refused unread is not read afterwards either.
    response.once("finish", () => {
      if (!request.complete) socket.destroySoon()
    })
    route(request, response)
  })
  return node
})

const listen = (node: NodeServer, host: string, port: number) =>
  Effect.callback<number, ListenFailed>((resume) => {
    node.once("error", (error: NodeJS.ErrnoException) =>
      resume(
        Effect.fail(
          new ListenFailed({
            message:
              error.code === "EADDRINUSE"
                ? `Port ${port} on ${host} is in use: stop what holds it, or set PORT to another one.`
                : `Cannot listen on ${host}:${port} (${error.code ?? error.message}): check HOST and PORT.`
          })
        )
      )
    )
    node.listen(port, host, () => {
      const address = node.address()
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : port))
    })
  })

/** Answers under way may end; idle connections are closed at once, the rest after two seconds. */
const close = (node: NodeServer) =>
  Effect.callback<void>((resume) => {
    node.close(() => resume(Effect.void))
    node.closeIdleConnections()
  }).pipe(Effect.timeoutOption("2 seconds"), Effect.andThen(Effect.sync(() => node.closeAllConnections())))

const probe = (response: ServerResponse, report: Effect.Effect<HealthReport, never, Health>) =>
  Effect.map(report, (answer) => send(response, answer.ok ? 200 : 503, "application/json", bodyOf(answer)))

/** Only JSON by POST: a form or plain text is what a foreign page could send without being asked. */
const wrongForm = (request: IncomingMessage): ApiError | undefined => {
  if (request.method === "GET") return undefined
  if (request.method !== "POST") {
    return new ApiError({
      code: "METHOD_NOT_ALLOWED",
      message: `${request.method ?? "This method"} is not served: send POST.`
    })
  }
  const type = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase()
  return type === "application/json"
    ? undefined
    : new ApiError({
        code: "BAD_REQUEST",
        message: `Content-Type is ${JSON.stringify((type ?? "").slice(0, 64))}: send application/json.`
      })
}

const TOO_MANY_REQUESTS = new ApiError({
  code: "TOO_MANY_REQUESTS",
  message:
    "This address has sent more than 50 requests a second: ask again in a second, or subscribe instead of polling."
})

const factsOf = ({ headers }: IncomingMessage, caller: Caller, requestId: string) => ({
  caller,
  requestId,
  socketUrl: `ws://${headers.host ?? "this address"}/graphql`
})

const foreign = (host: string | undefined, origin: string | undefined): string =>
  `A request from ${(origin ?? "no origin").slice(0, 128)} to ${(host ?? "no host").slice(0, 128)} is not let in: open the page from this server's own address, or list its origin in ACCESS_ORIGINS.`

const isPageRequest = ({ method, headers }: IncomingMessage): boolean =>
  method === "GET" && (headers.accept ?? "").includes("text/html")

const pathOf = ({ url }: IncomingMessage): string => (url ?? "/").split("?", 1)[0] ?? "/"

const sendRefusal = (response: ServerResponse, { code, message }: ApiError, requestId: string): void => {
  const { status, retryable, retryAfterMs } = ERRORS[code]
  const body = JSON.stringify({ errors: [{ message, extensions: { code, retryable, retryAfterMs, requestId } }] })
  if (status === 429) response.setHeader("retry-after", Math.ceil((retryAfterMs ?? 0) / 1_000))
  send(response, status, "application/json; charset=utf-8", body)
}

const html = (response: ServerResponse, body: string): void => send(response, 200, "text/html; charset=utf-8", body)

const send = (response: ServerResponse, status: number, type: string, body: string): void => {
  response.writeHead(status, { "content-type": type }).end(body)
}

const harden = (response: ServerResponse): void => {
  response.setHeader("x-content-type-options", "nosniff")
  response.setHeader("x-frame-options", "DENY")
  response.setHeader("referrer-policy", "no-referrer")
  response.setHeader("cache-control", "no-store")
}
