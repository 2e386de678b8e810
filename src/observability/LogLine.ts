/**
 * One log entry as one line for a person: time, level, sentence, values.
 *
 * Control characters never reach the terminal: names come from bookmakers, and one could hold an escape sequence.
 */
import { Cause, Logger, References } from "effect"

export const humanLine: Logger.Logger<unknown, string> = Logger.make(({ cause, date, fiber, logLevel, message }) => {
  const annotations = fiber.getRef(References.CurrentLogAnnotations)
  const words = (Array.isArray(message) ? message : [message]).map(plain)
  const values = Object.entries(annotations).map(([name, value]) => `${name}=${quoted(value)}`)
  const reasons = cause.reasons.length === 0 ? [] : [`cause=${quoted(Cause.pretty(cause))}`]
  return [date.toISOString().slice(11, 23), logLevel.toUpperCase().padEnd(5), ...words, ...values, ...reasons].join(" ")
})

const plain = (value: unknown): string => {
  const text = textOf(value)
  return CONTROL.test(text) ? JSON.stringify(text).slice(1, -1).replaceAll(CONTROLS, escaped) : text
}

const quoted = (value: unknown): string => {
  const text = textOf(value)
  return /^[\w./:@+-]+$/.test(text) ? text : JSON.stringify(text).replaceAll(CONTROLS, escaped)
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? value : value instanceof Error ? value.message : (JSON.stringify(value) ?? String(value))

// C0 and C1 controls; JSON escapes only the first.
const CONTROL = /\p{Cc}/u
const CONTROLS = /\p{Cc}/gu
const escaped = (character: string): string => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`
