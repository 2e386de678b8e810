/**
 * The messages of one socket in their turn: those about an operation wait while one of the same id, which its
 * client has completed, has not ended yet.
 *
 * graphql-ws files operations by id. At `complete` it forgets one whose execution still has to end, and would then
 * take the next of this id for it: end it in its place, or answer it with the other's result.
 */
import { Option, Schema } from "effect"

/** `handle` acts on a message at once, and calls back when all that it led to is over. */
export const inTurn = (handle: (text: string, over: () => void) => void): ((text: string) => void) => {
  /** Operations under way, by id; more than one only where a client breaks the protocol. */
  const running = new Map<string, number>()
  /** What came since an operation under way was completed by its client. */
  const held = new Map<string, string[]>()

  const ended = (id: string): void => {
    const others = (running.get(id) ?? 0) - 1
    if (others > 0) return void running.set(id, others)
    running.delete(id)
    const waiting = held.get(id) ?? []
    held.delete(id)
    waiting.forEach(take)
  }

  const take = (text: string): void => {
    const about = Option.getOrUndefined(readOperation(text))
    if (about === undefined) return handle(text, nothing)
    const { id, type } = about
    const waiting = held.get(id)
    if (waiting !== undefined) return void waiting.push(text)
    if (type === "complete") {
      if (running.has(id)) held.set(id, [])
      return handle(text, nothing)
    }
    running.set(id, (running.get(id) ?? 0) + 1)
    handle(text, () => ended(id))
  }

  return take
}

const readOperation = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ type: Schema.Literals(["subscribe", "complete"]), id: Schema.String }))
)

const nothing = (): void => undefined
