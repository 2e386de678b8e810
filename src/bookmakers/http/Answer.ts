/**
 * What an answer means, before anybody looks at its shape: the table of DESIGN §7 as a pure function.
 *
 * A page or an empty 202 where JSON was due is a refusal and not a fault: asking again at once would be rude.
 * An empty 200 is a fault, because BetPawa is known to send one now and then.
 */
import { Effect } from "effect"
import { Blocked, Broken, Gone, Throttled, Unreadable } from "../FetchError.ts"
import type { FetchError } from "../FetchError.ts"
import type { Asked } from "../Http.ts"
import { retryAt } from "./RetryAfter.ts"
import type { Reply } from "./Transport.ts"

/** Who and what, as every message begins; without the query, which says nothing to an operator. */
export const describe = ({ bookmakerId, endpoint, url }: Asked): string =>
  `${bookmakerId} ${endpoint} ${url.pathname.slice(0, 120)}`

/** The refusal or fault that status and kind of body announce; `undefined` when there is JSON to be read. */
export const classify = (asked: Asked, reply: Reply, now: number): FetchError | undefined => {
  const { status, headers, body } = reply
  const fields = (what: string) => ({
    bookmakerId: asked.bookmakerId,
    endpoint: asked.endpoint,
    message: `${describe(asked)}: ${what}`
  })
  if (status === 401 || status === 403)
    return new Blocked(fields(`refused with HTTP ${status}; left alone until the next probe`))
  if (status === 429 || (status === 503 && headers["retry-after"] !== undefined)) {
    const until = retryAt(headers, now)
    return new Throttled({
      ...fields(`asked to slow down with HTTP ${status}; not before ${new Date(until).toISOString()}`),
      until,
      status
    })
  }
  if ((status === 404 || status === 410) && asked.endpoint === "event") {
    return new Gone(fields(`the event is gone (HTTP ${status}); withdrawn when it has been gone three times in a row`))
  }
  if (status === 202 && isBlank(body))
    return new Blocked(fields("answered with an empty HTTP 202, which is a refusal; left alone until the next probe"))
  if (status === 200 || status === 202) {
    return isPage(reply)
      ? new Blocked(fields(`answered with a page instead of JSON (HTTP ${status}); left alone until the next probe`))
      : undefined
  }
  return new Broken({ ...fields(`answered with HTTP ${status}; tried again after a pause`), status })
}

/** Parses the body as JSON. */
export const parse = (
  asked: Asked,
  reply: Reply
): Effect.Effect<{ readonly json: unknown; readonly text: string }, Unreadable> => {
  const text = textOf(reply.body)
  return Effect.try({
    try: () => ({ json: readJson(text), text }),
    catch: () => unreadable(asked, text, "$", text === "" ? "nothing came" : `no JSON: ${text.slice(0, 40)}`)
  })
}

/** The error for a body that is not what it should be at `path`; a bounded piece of it is kept. */
export const unreadable = (asked: Asked, text: string, path: string, problem: string): Unreadable =>
  new Unreadable({
    bookmakerId: asked.bookmakerId,
    endpoint: asked.endpoint,
    message: `${describe(asked)}: payload cannot be read at ${path} (${clean(problem)}); odds already known stay and age`,
    path,
    sample: text.slice(0, MAX_SAMPLE).toWellFormed()
  })

const MAX_SAMPLE = 64 * 1024

const readJson = (text: string): unknown => JSON.parse(text)

const textOf = (body: Buffer): string => {
  const text = body.toString("utf8")
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

const isBlank = (body: Buffer): boolean => body.length < 64 && body.toString("latin1").trim() === ""

// Content types lie in both directions: JSON comes as text/plain, and a block page as application/json.
const isPage = ({ headers, body }: Reply): boolean => {
  const start = body
    .subarray(0, 256)
    .toString("latin1")
    .replace(/^\u00ef\u00bb\u00bf/, "")
    .trimStart()
  if (start.startsWith("<")) return true
  return (
    String(headers["content-type"] ?? "")
      .toLowerCase()
      .includes("html") &&
    !/^[[{]/.test(start) &&
    start !== ""
  )
}

const clean = (text: string): string => text.slice(0, 80).replace(/\p{C}/gu, "�")
