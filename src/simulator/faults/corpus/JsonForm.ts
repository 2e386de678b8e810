/**
 * Faults in the form of JSON: J77–J98 of the corpus. Some are legal and harmless, which has to show as well.
 */
import { rewrites, sends } from "../Fault.ts"
import type { Fault, Faults } from "../Fault.ts"
import { ofEvents } from "../Formats.ts"

/** Puts text before the first field of the body. */
const opens = (fields: string): Fault => rewrites((good) => `{${fields},${good.slice(1)}`)

const body = (text: () => string): Fault => sends(() => ({ body: text() }))

/** A price in the middle of the good text, as text: what JSON.stringify would never write. */
const literal = (price: string): Fault =>
  sends(({ bookmaker, good }) => ({
    body:
      bookmaker === "bet9ja"
        ? good.replace(/"S_1X2_1":"[\d.]+"/, `"S_1X2_1":${price}`)
        : good.replace(/"odds":"?[\d.]+"?/, `"odds":${price}`)
  }))

/** The home team's name with something in it. */
const named = (rename: (name: string) => string): Fault =>
  ofEvents((format, event) => {
    const [home, away] = format.teams(event)
    format.setTeams(event, rename(home), away)
  })

export const JSON_FORM: Faults = {
  J77: rewrites((good) => good.slice(0, good.indexOf('ame":"') + 8)),
  J78: rewrites((good) => `${good.slice(0, -1)},}`),
  J79: rewrites((good) => good.replaceAll('"', "'")),
  J80: literal("NaN"),
  J81: literal("1e400"),
  J82: literal("-0"),
  J83: rewrites((good, { bookmaker }) =>
    bookmaker === "betpawa"
      ? good.replace(/"id":"\d+"/, '"id":9007199254740993')
      : good.replace(
          /"(?:eventId|EXTID)":"?[\w:]+"?/,
          (found) => `${found.slice(0, found.indexOf(":"))}:9007199254740993`
        )
  ),
  J84: opens('"markets":7,"data":7,"D":7,"startTime":"x"'),
  J85: opens('"__proto__":{"suspended":true,"odds":9.99,"status":1}'),
  J86: opens('"constructor":{"prototype":{"suspended":true,"odds":9.99}}'),
  J87: body(() => "[".repeat(100_000) + "]".repeat(100_000)),
  J88: body(() => `[${"0,".repeat(999_999)}0]`),
  J89: named(() => "x".repeat(1_000_000)),
  J90: named((name) => `${name}\u0000`),
  J91: named((name) => `${name}\ud800`),
  J92: named((name) => `\u202e${name}\u200b`),
  J93: named((name) => name.replace("a", "\u00e4").normalize("NFD")),
  J94: rewrites((good) => `[${good}]`),
  J95: body(() => "null"),
  J96: body(() => "true"),
  J97: body(() => '{"error":{"code":500,"message":"Internal error"}}'),
  J98: rewrites((good) => `/* odds */ ${good} // end`)
}
