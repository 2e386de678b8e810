/** Section M: kickoffs, teams and ids of one event, and the lists in which events stand. */
import { expect, expectList, PARKED, READ, SITES, UNREADABLE } from "../Expected.ts"
import type { Case, ListCase } from "../Expected.ts"

const LESS = "the kickoff that counts is the first bookmaker's; this one's is noted and moves nothing"
const PLACED = "who plays has to be known before prices are shown as theirs"

export const IDENTITY_CASES: readonly Case[] = [
  expect("M129", "no kickoff", UNREADABLE),
  expect("M130", "kickoff null", UNREADABLE),
  expect("M131", "kickoff empty", UNREADABLE),
  expect("M132", "kickoff 0", UNREADABLE),
  expect("M133-seconds", "kickoff in seconds", UNREADABLE),
  expect("M133-milliseconds", "kickoff in milliseconds", UNREADABLE, { differs: { sportybet: READ } }),
  expect("M133-microseconds", "kickoff in microseconds", UNREADABLE),
  expect("M136", "kickoff without a zone", UNREADABLE, {
    differs: { bet9ja: READ },
    why: "Bet9ja never names a zone and means UTC"
  }),
  expect("M137", "an hour that summer time skips", UNREADABLE),
  expect("M138", "an hour that summer time repeats", UNREADABLE),
  expect("M139", "24:00", UNREADABLE),
  expect("M140", "29 February 2027", UNREADABLE),
  expect("M141", "25/10/2026", UNREADABLE),
  expect("M142", "/Date(…)/", UNREADABLE),
  expect("M143-1970", "the year 1970", UNREADABLE),
  expect("M143-9999", "the year 9999", UNREADABLE),
  expect("M144", "kickoff a day later", READ, { moves: ["betpawa"], why: LESS }),
  expect("M145", "kickoff an hour ago, still offered", PARKED, {
    why: "one payload must not close a match that the others still offer"
  }),
  expect("M148", "the id of another match", UNREADABLE),
  expect("M149", "an id as a number where it was text, or the other way round", UNREADABLE, {
    differs: { bet9ja: READ },
    why: "Bet9ja's ids come both ways in recordings"
  }),
  expect("M150", "a team without a name", UNREADABLE, { why: PLACED }),
  expect("M151", "a team against itself", PARKED, { why: PLACED })
]

export const LIST_CASES: readonly ListCase[] = [
  expectList("M146", "every event twice", ["NONE"]),
  expectList("M147", "every id twice, once as another match", ["NONE"], { why: "the first saying of a list counts" }),
  expectList("M152", "simulated twins", ["NONE"], {
    adds: ["betpawa", "bet9ja"],
    why: "SportyBet is known to list them, and they are left out; anywhere else a twin is what its id says"
  }),
  expectList("M153", "outrights", ["UNREADABLE"], {
    differs: { bet9ja: ["NONE"] },
    why: "a row without teams is told and costs itself only; Bet9ja lists outrights and they are left out"
  }),
  expectList("M154", "women's twins", ["NONE"], { adds: SITES, why: "identity is the id, never a name" }),
  expectList("M155", "the same teams twice a day", ["NONE"], { adds: SITES, why: "as women's twins" }),
  expectList("M156", "an empty list", ["SUSPICIOUS_LIST", "SUSPICIOUS_LIST", "NONE"]),
  expectList("M157", "a list that halves, and returns", ["SUSPICIOUS_LIST", "SUSPICIOUS_LIST", "NONE"], {
    recovers: true
  }),
  expectList("M158", "the same page for every page number", ["NONE"], { why: "a page with nothing new ends the list" }),
  expectList("M159", "pages in a circle", ["NONE"], { why: "as the same page" }),
  expectList("M160", "an event twice at two prices", ["NONE"], { why: "prices of lists are never read" })
]
