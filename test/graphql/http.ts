/** Requests to the API under test as a client sends them: real HTTP against an ephemeral port. */
import { Effect } from "effect"
import { Server } from "../../src/graphql/Server.ts"

export interface Answer {
  readonly status: number
  readonly text: string
  readonly data: Readonly<Record<string, unknown>> | undefined
  readonly errors: readonly {
    readonly message: string
    readonly path?: readonly unknown[]
    readonly extensions: Readonly<Record<string, unknown>>
  }[]
}

/** Sends one request and reads the whole answer. */
export const send = Effect.fnUntraced(function* (path: string, init: RequestInit) {
  const { url } = yield* Server
  return yield* Effect.promise(async (): Promise<Answer> => {
    const response = await fetch(url + path, init)
    const text = await response.text()
    const json = response.headers.get("content-type")?.includes("json") === true ? JSON.parse(text) : {}
    return { status: response.status, text, data: json.data ?? undefined, errors: json.errors ?? [] }
  })
})

/** Sends an operation as dashboards do. */
export const ask = (
  query: string,
  variables?: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {}
) =>
  send("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query, variables })
  })

export const codes = ({ errors }: Answer): readonly unknown[] => errors.map(({ extensions }) => extensions["code"])
