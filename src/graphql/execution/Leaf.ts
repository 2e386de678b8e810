/**
 * Writes scalars and enums as JSON, to the byte as `JSON.stringify` of what graphql-js makes of them.
 *
 * The usual values are written by hand, because half of an odds answer is short strings and small numbers. Whatever
 * else comes goes through the type's own codec, which throws what it cannot write.
 */
import { GraphQLBoolean, GraphQLFloat, GraphQLInt, GraphQLString, isEnumType } from "graphql"
import type { GraphQLLeafType } from "graphql"

/** Undefined = this cannot be written as the type says. */
export type WriteLeaf = (value: unknown) => string | undefined

export const leafWriter = (type: GraphQLLeafType): WriteLeaf => {
  const byCodec = (value: unknown): string | undefined => JSON.stringify(type.coerceOutputValue(value))
  if (isEnumType(type)) {
    const names = new Map<unknown, string>(type.getValues().map(({ name, value }) => [value, JSON.stringify(name)]))
    return (value) => names.get(value)
  }
  switch (type) {
    case GraphQLString:
      return (value) => (typeof value === "string" ? quoted(value) : byCodec(value))
    case GraphQLInt:
      return (value) => (typeof value === "number" && (value | 0) === value ? String(value) : byCodec(value))
    case GraphQLFloat:
      return (value) => (typeof value === "number" && Number.isFinite(value) ? String(value) : byCodec(value))
    case GraphQLBoolean:
      return (value) => (typeof value === "boolean" ? String(value) : byCodec(value))
    default:
      return (value) => {
        const written = type.coerceOutputValue(value)
        return typeof written === "string" ? quoted(written) : JSON.stringify(written)
      }
  }
}

/** `JSON.stringify` of a string costs more than looking at a short one. */
const quoted = (text: string): string => {
  if (text.length > SHORT) return JSON.stringify(text)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH) return JSON.stringify(text)
  }
  return `"${text}"`
}

const SHORT = 64
const SPACE = 0x20
const TILDE = 0x7e
const QUOTE = 0x22
const BACKSLASH = 0x5c
