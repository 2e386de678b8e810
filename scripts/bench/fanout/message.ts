/** The message that the other servers publish: one that our own server sent, with the stamp of each change in it. */
import { readFileSync } from "node:fs"
import { argv } from "node:process"
import { STAMP_KEY, stampOf } from "./stamps.ts"

interface Message {
  readonly offers: readonly object[]
}

const template: Message = JSON.parse(readFileSync(argv[3] ?? "", "utf8"))

/** As a resolver would get it. */
export const messageAt = (us: number): object => {
  const changedAt = stampOf(us)
  return { ...template, offers: template.offers.map((offer) => ({ ...offer, changedAt })) }
}

/** As it is on the wire, for who sends ready bytes. */
export const textAt = (us: number): string => [before, stampOf(us), after].join("")

const text = JSON.stringify({
  id: "00000000-0000-4000-8000-000000000000",
  type: "next",
  payload: { data: { oddsUpdated: template } }
})
const stampStart = text.indexOf(STAMP_KEY) + STAMP_KEY.length
const before = text.slice(0, stampStart)
const after = text.slice(text.indexOf('"', stampStart))

/** The whole contract, for servers that execute the same document. */
export const SDL_FILE = argv[4] ?? ""
