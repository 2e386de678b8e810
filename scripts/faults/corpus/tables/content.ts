/** Sections J, O and D: the form of JSON, what prices say, formats that change. Each in all three formats. */
import { expect, only, PARKED, READ, shared, UNREADABLE } from "../Expected.ts"
import type { Case } from "../Expected.ts"

const LAST = "of two keys of one name JSON takes the last, everywhere; nothing tells that there were two"
const OWN = "it is their price, and readable: a palpable error is what a desk wants to see, and the margin shows it"
const NAMES = "names are cleaned for display and count after three sayings; prices are what they are"

const UNKEYED =
  "a market whose line cannot be read may be any that is missing: those are neither confirmed nor withdrawn"

const HOME = "1x2_ft home"
const unreadable = only(`${HOME} UNREADABLE`)

const goals = only("over_under_ft@2.5 over UNREADABLE", "over_under_ft@2.5 under UNREADABLE")

export const JSON_CASES: readonly Case[] = [
  ...shared([
    expect("J77", "cut in the middle of a string", UNREADABLE),
    expect("J78", "a comma too many", UNREADABLE),
    expect("J79", "single quotes", UNREADABLE),
    expect("J87", "arrays nested 100,000 deep", UNREADABLE),
    expect("J88", "an array of a million", UNREADABLE),
    expect("J94", "an array where an object was due", UNREADABLE),
    expect("J95", "null", UNREADABLE),
    expect("J96", "true", UNREADABLE),
    expect("J97", "an error under status 200", UNREADABLE),
    expect("J98", "comments", UNREADABLE)
  ]),
  expect("J80", "NaN as a price", UNREADABLE),
  expect("J81", "1e400 as a price", unreadable, { why: "JSON reads it as infinity, which is no price" }),
  expect("J82", "−0 as a price", unreadable),
  expect("J83", "9007199254740993 as an id", UNREADABLE, { why: "a number that cannot be exact is no id" }),
  expect("J84", "a key twice", READ, { why: LAST }),
  expect("J85", "__proto__ as a key", READ, { why: "a key like any other that is not read" }),
  expect("J86", "constructor.prototype as a key", READ, { why: "as J85" }),
  expect("J89", "a name of a megabyte", READ, { why: NAMES }),
  expect("J90", "NUL in a name", READ, { why: NAMES }),
  expect("J91", "half a character in a name", READ, { why: NAMES }),
  expect("J92", "direction marks in a name", READ, { why: NAMES }),
  expect("J93", "a name in another normal form", READ, { why: NAMES })
]

export const ODDS_CASES: readonly Case[] = [
  expect("O99", "price null", unreadable),
  expect("O100", "price 0", unreadable),
  expect("O101", "price −1.85", unreadable),
  expect("O102", "price 1.0", unreadable),
  expect("O103", "price 1.001", only(`${HOME} OPEN 1001`)),
  expect("O104", "price 1001", only(`${HOME} OPEN 1001000`)),
  expect("O105", 'price "1.85"', only(`${HOME} OPEN 1850`), {
    why: "two of three write prices so; it reads as one number"
  }),
  expect("O106", 'price "1,85"', unreadable),
  expect("O107", 'price ""', unreadable, { differs: { bet9ja: only(`${HOME} SUSPENDED`) }, why: "Bet9ja suspends so" }),
  expect("O108", 'price "0x10"', unreadable),
  expect("O109", 'price "1.85abc"', unreadable),
  expect("O110", "Arabic digits", unreadable),
  expect("O111", 'price "17/20"', unreadable),
  expect("O112", "price −118", unreadable),
  expect("O113", "price 185", only(`${HOME} OPEN 185000`), { why: OWN }),
  expect("O114", "price 1.8500000000000001", only(`${HOME} OPEN 1850`)),
  expect("O115", "price true", unreadable),
  expect("O116", "1X2 without the draw", only("1x2_ft draw WITHDRAWN")),
  expect("O117", "1X2 with a fourth outcome", READ, { unmapped: true }),
  expect("O118", "two home outcomes", unreadable, {
    differs: { bet9ja: only(`${HOME} OPEN 9870`) },
    why: "nobody can say which counts; Bet9ja's dictionary cannot hold two"
  }),
  expect("O119", "home and away swapped", PARKED, { why: "prices would be compared crosswise" }),
  expect(
    "O120",
    "a market that pays 150 %",
    only(...["home", "draw", "away"].map((side) => `1x2_ft ${side} OPEN 4500`)),
    {
      why: OWN
    }
  ),
  expect("O121", "a margin of 200 %", only(...["home", "draw", "away"].map((side) => `1x2_ft ${side} OPEN 1001`)), {
    why: OWN
  }),
  expect("O122", "a price ten times as high", only(`${HOME} OPEN x10`), { why: OWN }),
  expect("O123", "all prices equal", only(...["home", "draw", "away"].map((side) => `1x2_ft ${side} OPEN 3000`)), {
    why: OWN
  }),
  expect("O124", "suspended with a price", only(`${HOME} SUSPENDED`)),
  expect("O125", "open without a price", unreadable),
  expect("O126", "a state nobody knows", unreadable),
  expect(
    "O127",
    "another market id, the same content",
    only(...["home", "draw", "away"].map((side) => `1x2_ft ${side} WITHDRAWN`)),
    {
      unmapped: true,
      why: "an id nobody knows is counted and never guessed; what it was is no longer offered under its name"
    }
  ),
  expect("O128-nothing", "a line of null", goals, { why: UNKEYED }),
  expect("O128-far", "a line of 1e9", goals, { why: UNKEYED })
]

export const DRIFT_CASES: readonly Case[] = [
  expect("D161", "a field renamed", UNREADABLE),
  expect("D162", "prices as numbers where they were text, or the other way round", READ, {
    why: "either reads as one number"
  }),
  expect("D163", "markets a level deeper", UNREADABLE),
  expect("D164", "a new state on every price", UNREADABLE),
  expect("D165", "a dictionary where a list was, or the other way round", UNREADABLE),
  expect("D166", "one price in a hundred gone", { ...READ, cache: "FEW_UNREADABLE" }),
  expect("D167", "every price gone", UNREADABLE),
  expect("D168", "500 more fields", READ),
  expect("D169", "null for the markets", UNREADABLE),
  expect("D170", "another way to spell keys", UNREADABLE),
  expect("D171", "a new version in the headers", READ)
]
