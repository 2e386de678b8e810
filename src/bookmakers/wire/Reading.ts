/**
 * Reading of foreign JSON by plain functions: what all three bookmakers' wire formats have in common.
 *
 * Nothing here trusts a shape or copies foreign keys into objects of ours, so `__proto__` in a payload is a key like any other.
 */
import { Result, Schema } from "effect"
import type { SchemaIssue } from "effect"

/** Where a payload stopped matching, and how. */
export interface Fault {
  readonly path: string
  readonly problem: string
}

export type Read<A> = Result.Result<A, Fault>

export type Dictionary = { readonly [key: string]: unknown }

export const isDictionary = (value: unknown): value is Dictionary =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The members of a list, also where it comes as a dictionary keyed by slot; `undefined` for anything else. */
export const listOf = (value: unknown): readonly unknown[] | undefined =>
  Array.isArray(value) ? value : isDictionary(value) ? Object.values(value) : undefined

/**
 * True when any member is switched on. Where the only switch that is ever on stops a price, one under a name we do not
 * know must be taken for it.
 */
export const hasSwitchOn = (value: Dictionary): boolean => {
  for (const name in value) if (value[name] === true) return true
  return false
}

/**
 * A string, or a whole number as its digits; numbers too large to be exact are no ids, nor is a text with half a
 * character, which no address can hold.
 */
export const idOf = (value: unknown): string | undefined =>
  typeof value === "string"
    ? value !== "" && value.isWellFormed()
      ? value
      : undefined
    : Number.isSafeInteger(value)
      ? String(value)
      : undefined

/** The decimal Sportradar id in `68995116`, `sr:match:68995116` or a number. */
export const sportradarId = (value: unknown): string | undefined => SPORTRADAR.exec(idOf(value) ?? "")?.[1]

const SPORTRADAR = /^(?:sr:match:)?([1-9]\d{0,11})$/

/** A name fit for display and storage: no control or direction marks, no halves of characters, at most 120 characters. */
export const cleanName = (text: string): string =>
  PLAIN.test(text) && text.length <= MAX_NAME
    ? text
    : text
        .slice(0, 4 * MAX_NAME)
        .toWellFormed()
        .normalize("NFC")
        .replace(UNSEEN, " ")
        .replace(/\s+/gu, " ")
        .trim()
        .slice(0, MAX_NAME)

const MAX_NAME = 120
const PLAIN = /^[!-~](?: ?[!-~])*$/
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Milliseconds of an instant written in ISO 8601 with its zone; `undefined` for a date that does not exist or lies out of reach. */
export const instantOf = (text: string): number | undefined => {
  if (!INSTANT.test(text)) return undefined
  const at = Date.parse(text)
  return within(at) && sameDay(text, at) ? at : undefined
}

/** An instant given as milliseconds; seconds and microseconds lie out of reach and are refused. */
export const millisOf = (value: number): number | undefined =>
  Number.isInteger(value) && within(value) ? value : undefined

const INSTANT = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/
const EARLIEST = Date.UTC(2010, 0)
const LATEST = Date.UTC(2100, 0)
const within = (at: number): boolean => at >= EARLIEST && at < LATEST

// Date.parse reads 30 February as 2 March.
const sameDay = (text: string, at: number): boolean =>
  !text.endsWith("Z") || new Date(at).toISOString().slice(0, 10) === text.slice(0, 10)

export const fault = (path: string, problem: string): Read<never> => Result.fail({ path, problem })

/** Reads with a schema and names the first fault by its path. */
export const reader = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S
): ((input: unknown) => Read<S["Type"]>) => {
  const decode = Schema.decodeUnknownResult(schema)
  return (input) =>
    Result.mapError(decode(input), ({ issue, message }) => ({
      path: pathOf(issue, "$"),
      problem: message.split("\n", 1)[0] ?? ""
    }))
}

const pathOf = (issue: SchemaIssue.Issue, path: string): string => {
  switch (issue._tag) {
    case "Pointer":
      return pathOf(issue.issue, issue.path.reduce<string>(below, path))
    case "Composite":
      return pathOf(issue.issues[0], path)
    case "Filter":
    case "Encoding":
      return pathOf(issue.issue, path)
    default:
      return path
  }
}

const below = (path: string, key: PropertyKey): string =>
  typeof key === "number" ? `${path}[${key}]` : `${path}.${String(key)}`
