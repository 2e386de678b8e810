/**
 * Prices and markets that say something wrong, or something legal that looks wrong: O99–O128 of the corpus.
 *
 * All but the last act on the full-time result. A bookmaker that writes prices as text gets the same fault as text.
 */
import { ofEvents, formatted } from "../Formats.ts"
import type { Fault, Faults } from "../Fault.ts"
import { SIDES } from "../Format.ts"
import type { Format, PriceAt, Side } from "../Format.ts"

/** The home price becomes this number where prices are numbers, and this text where they are text. */
const priced = (number: unknown, text: unknown = String(number)): Fault =>
  formatted((format, root) => {
    const { holder, key } = format.price(root, "home")
    holder[key] = typeof format.write(2) === "number" ? number : text
  })

const withHome = (change: (format: Format, at: PriceAt) => void): Fault =>
  formatted((format, root) => change(format, format.price(root, "home")))

const every = (price: (side: Side) => number): Fault =>
  formatted((format, root) => {
    for (const side of SIDES) {
      const { holder, key } = format.price(root, side)
      holder[key] = format.write(price(side))
    }
  })

export const ODDS: Faults = {
  O99: priced(null, null),
  O100: priced(0),
  O101: priced(-1.85),
  O102: priced(1, "1.0"),
  O103: priced(1.001),
  O104: priced(1_001),
  O105: priced("1.85"),
  O106: priced("1,85"),
  O107: priced(""),
  O108: priced("0x10"),
  O109: priced("1.85abc"),
  O110: priced("\u0661.\u0668\u0665"),
  O111: priced("17/20"),
  O112: priced(-118),
  O113: priced(185),
  O114: priced(1.850_000_000_000_000_1, "1.8500000000000001"),
  O115: priced(true, true),
  O116: formatted((format, root) => format.drop(root, "draw")),
  O117: formatted((format, root) => format.add(root, "unknown", 9)),
  O118: formatted((format, root) => format.add(root, "home", 9.87)),
  O119: ofEvents((format, event) => {
    const [home, away] = format.teams(event)
    format.setTeams(event, away, home)
  }),
  O120: every(() => 4.5),
  O121: every(() => 1.001),
  O122: withHome((format, { holder, key }) => {
    holder[key] = format.write(Math.round(Number(holder[key]) * 10_000) / 1_000)
  }),
  O123: every(() => 3),
  O124: withHome((format, at) => format.suspend(at)),
  O125: withHome((_, { holder, key }) => {
    holder[key] = null
  }),
  O126: withHome((format, at) => format.estrange(at)),
  O127: formatted((format, root) => format.renumber(root)),
  "O128-nothing": formatted((format, root) => format.reline(root, "nothing")),
  "O128-far": formatted((format, root) => format.reline(root, "far"))
}
