/**
 * A format that has changed, at once or little by little: D161–D172 of the corpus.
 */
import { rewrites, sends } from "../Fault.ts"
import type { Fault, Faults } from "../Fault.ts"
import { formatted } from "../Formats.ts"
import { isDictionary, within } from "../Format.ts"
import { renamedField } from "../Named.ts"

/** One price in so many has nothing where its number was. */
const without = (one: number): Fault =>
  formatted((format, root) => {
    for (const { holder, key } of format.prices(root).filter((_, at) => at % one === 0)) {
      if (key === "odds") delete holder[key]
      else holder[key] = null
    }
  })

/** The markets as a list where they were a dictionary, or the other way round. */
const reshaped: Fault = formatted((format, root) => {
  const { holder, key } = format.markets(root)
  const markets = holder[key]
  holder[key] = Array.isArray(markets)
    ? Object.fromEntries(markets.map((market: unknown, at) => [`m${at}`, market]))
    : Object.entries(isDictionary(markets) ? markets : {}).map(([name, value]) => ({ name, value }))
})

export const DRIFT: Faults = {
  D161: renamedField,
  D162: formatted((format, root) => {
    for (const { holder, key } of format.prices(root)) {
      const price = holder[key]
      holder[key] = typeof price === "number" ? String(price) : Number(price)
    }
  }),
  D163: formatted((format, root) => {
    const { holder, key } = format.markets(root)
    holder["content"] = { [key]: holder[key] }
    delete holder[key]
  }),
  D164: formatted((format, root) => {
    for (const price of format.prices(root)) format.estrange(price)
  }),
  D165: reshaped,
  D166: without(100),
  D167: without(1),
  D168: formatted((format, root) => {
    const event = format.event(root)
    for (let at = 0; at < 500; at++) event[`novelty${at}`] = { at, of: "nobody knows what" }
    within(root)["novelties"] = Array.from({ length: 500 }, (_, at) => at)
  }),
  D169: formatted((format, root) => {
    const { holder, key } = format.markets(root)
    holder[key] = null
  }),
  D170: rewrites((good) =>
    good.replace(/"(\w+)":/g, (_, key: string) => `"${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`)
  ),
  D171: sends(() => ({ headers: { "x-api-version": "99.0", deprecation: "true" } })),
  D172: (answering) => (answering.ordinal % 10 === 0 ? reshaped : sends(() => ({})))(answering)
}
