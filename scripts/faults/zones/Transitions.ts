/** When a zone changes its clocks, found by asking Intl for its offset and halving the days between two answers. */
import type { Size } from "../FaultRun.ts"

export interface Transition {
  readonly at: number
  /** Milliseconds ahead of UTC before and after it. */
  readonly before: number
  readonly after: number
}

export const FIRST_YEAR = 2026
export const lastYear = (size: Size): number => (size === "short" ? 2026 : 2037)

export const transitionsOf = (zone: string, size: Size): readonly Transition[] => {
  const offset = offsetIn(zone)
  const found: Transition[] = []
  const end = midnight(lastYear(size) + 1, 1, 1)
  for (let from = midnight(FIRST_YEAR, 1, 1); from < end; from += STEP) {
    const [before, after] = [offset(from), offset(from + STEP)]
    if (before !== after) found.push({ at: changeWithin(offset, from, from + STEP), before, after })
  }
  return found
}

/** Ramadan interrupts Morocco's summer time for a month: nothing changes twice within a week. */
const STEP = 7 * 86_400_000

const changeWithin = (offset: (at: number) => number, from: number, to: number): number => {
  let [early, late] = [from, to]
  const before = offset(early)
  while (late - early > 1_000) {
    const middle = early + Math.floor((late - early) / 2_000) * 1_000
    if (offset(middle) === before) early = middle
    else late = middle
  }
  return late
}

/** `GMT+05:45` as milliseconds. */
const offsetIn = (zone: string): ((at: number) => number) => {
  const format = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset", hour: "numeric" })
  return (at) => {
    const name = format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? ""
    const [, sign = "+", hours = "0", minutes = "0"] = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(name) ?? []
    return (sign === "-" ? -60_000 : 60_000) * (Number(hours) * 60 + Number(minutes))
  }
}

/** `2026-10-25T02:30:00` of the clock on a wall that stands `at` milliseconds after 1970 began there. */
export const wallText = (at: number): string => {
  const days = Math.floor(at / 86_400_000)
  const seconds = Math.floor((at - days * 86_400_000) / 1_000)
  const [year, month, day] = dateOf(days)
  const time = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":")
  return `${year}-${two(month)}-${two(day)}T${time}`
}

export const offsetText = (offset: number): string => {
  const minutes = Math.abs(offset) / 60_000
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

const two = (number: number): string => String(number).padStart(2, "0")

/** By counting: each year and month is taken off in turn. */
const dateOf = (days: number): readonly [year: number, month: number, day: number] => {
  let [year, month, left] = [1970, 1, days]
  while (left >= yearDays(year)) left -= yearDays(year++)
  while (left >= monthDays(year, month)) left -= monthDays(year, month++)
  return [year, month, left + 1]
}

const midnight = (year: number, month: number, day: number): number => {
  let days = day - 1
  for (let before = 1970; before < year; before++) days += yearDays(before)
  for (let before = 1; before < month; before++) days += monthDays(year, before)
  return days * 86_400_000
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
const yearDays = (year: number): number => (isLeap(year) ? 366 : 365)
const monthDays = (year: number, month: number): number =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
