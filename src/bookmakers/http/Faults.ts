/** What a request can end with below its status, each told with who, what and what next. */
import { TimedOut, TooLarge, Unreachable, Unreadable } from "../FetchError.ts"
import type { FetchError } from "../FetchError.ts"
import type { Asked } from "../Http.ts"
import { describe } from "./Answer.ts"

export const fields = (asked: Asked, what: string, next: string) => ({
  bookmakerId: asked.bookmakerId,
  endpoint: asked.endpoint,
  message: `${describe(asked)}: ${what}; ${next}`
})

export const unreachable = (asked: Asked, what: string): FetchError =>
  new Unreachable(fields(asked, `connection failed (${what})`, "tried again after a pause"))

export const timedOut = (asked: Asked, what: string): FetchError =>
  new TimedOut(fields(asked, what, "tried again after a pause"))

export const tooLarge = (asked: Asked, what: string): FetchError =>
  new TooLarge(fields(asked, `the answer is ${what}`, "aborted, and tried again in 5 minutes"))

/** A body in an encoding that cannot be undone. */
export const undecodable = (asked: Asked, path: string, what: string): FetchError =>
  new Unreadable({ ...fields(asked, what, "odds already known stay and age"), path, sample: "" })
