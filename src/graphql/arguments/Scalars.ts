/**
 * How scalars are read and written: instants as milliseconds inside and ISO strings outside, the rest as bounded strings.
 *
 * A time without an offset is refused: it would mean something else on every machine.
 */
import { GraphQLError, Kind } from "graphql"
import type { GraphQLScalarType } from "graphql"

interface Codec {
  readonly write: (value: unknown) => unknown
  readonly read: (value: unknown) => unknown
}

/** Returns the sentence on what is wrong as a value, so that only `attachScalar` has to hand it to graphql-js its way. */
class Unreadable {
  readonly sentence: string
  constructor(sentence: string) {
    this.sentence = sentence
  }
}

/** By the name of the scalar in the SDL. */
export const scalars: Readonly<Record<string, Codec>> = {
  DateTime: {
    write: (value) =>
      typeof value === "number"
        ? new Date(value).toISOString()
        : new Unreadable("A DateTime is written from milliseconds."),
    read: (value) =>
      readInstant(value) ??
      new Unreadable(
        `${show(value)} is not an instant: write 2026-11-20T20:04:00Z, with Z or an offset such as +01:00.`
      )
  },
  Decimal: text("A Decimal", 32),
  MarketKey: text("A MarketKey", 64),
  // Whatever fits into a message: what is none of ours is answered with a snapshot, not with an error.
  Cursor: text("A Cursor", 65_536)
}

export const attachScalar = (type: GraphQLScalarType, codec: Codec): void => {
  type.coerceOutputValue = (value) => orRefuse(codec.write(value))
  type.coerceInputValue = (value) => orRefuse(codec.read(value))
  type.coerceInputLiteral = (literal) =>
    orRefuse(
      literal.kind === Kind.STRING ? codec.read(literal.value) : new Unreadable(`${type.name} is written as a string.`)
    )
}

/** Milliseconds of an ISO 8601 instant with offset, between 1970 and 9999. */
export const readInstant = (value: unknown): number | undefined => {
  if (typeof value !== "string" || !INSTANT.test(value)) return undefined
  const at = new Date(value)
  const ms = at.getTime()
  // Date rolls 30 February over into March; a day that does not exist is refused instead.
  return ms >= 0 && Number(value.slice(8, 10)) <= daysIn(Number(value.slice(0, 4)), Number(value.slice(5, 7)))
    ? ms
    : undefined
}

const INSTANT =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

function text(what: string, longest: number): Codec {
  const check = (value: unknown): unknown =>
    typeof value === "string" && value.length <= longest
      ? value
      : new Unreadable(`${what} is a string of at most ${longest} characters.`)
  return { write: check, read: check }
}

const show = (value: unknown): string => (typeof value === "string" ? JSON.stringify(value.slice(0, 64)) : typeof value)

// graphql-js takes a refusal only as something thrown.
const orRefuse = (value: unknown): unknown => {
  if (value instanceof Unreadable) throw new GraphQLError(value.sentence)
  return value
}
