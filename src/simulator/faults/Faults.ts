/**
 * What goes wrong, and the list of all that did.
 *
 * Two sources. The *weather* is the default fault rate: decided once per target and window of 60 s after its
 * first request, so that a retry meets the same fault and the item fails for good; on lists only the first
 * attempt is hit, so a retry passes. *Commands* are faults ordered through the controls, and go first.
 * Every fault met is listed with its attempt number and whether the item is lost by it (`final`).
 */
import type { BookmakerName } from "../catalogue/Template.ts"
import { hash, textWord, uniform } from "../Hashing.ts"
import type { Match } from "../world/Calendar.ts"

export interface Command {
  readonly id: number
  /** Everything it does not name matches. */
  readonly bookmaker: BookmakerName | undefined
  readonly endpoint: "list" | "event" | undefined
  /** Native or Sportradar id. */
  readonly event: string | undefined
  /** One of `FAULT_KINDS`. */
  readonly kind: string
  /** Of the requests that match. */
  readonly share: number
  readonly until: number
  /** How long a slow answer takes in all. */
  readonly delayMs: number
  readonly retryAfter: string | undefined
  /** The field to rename; by default the one with the prices or the events in it. */
  readonly field: string | undefined
  left: number
  /** Requests it has hit. */
  hit: number
}

/** Who asks for what. */
export interface Target {
  readonly bookmaker: BookmakerName
  readonly endpoint: "list" | "event"
  /** Path and query; one target whatever the cache-busting parameter says. */
  readonly name: string
  readonly event: string | undefined
  readonly match: Match | undefined
}

export interface Met {
  readonly kind: string
  /** How many requests its command has hit, this one included; 1 for the weather. */
  readonly ordinal: number
  readonly delayMs: number | undefined
  readonly retryAfter: string | undefined
  readonly field: string | undefined
}

export interface ListedFault {
  readonly at: number
  readonly bookmaker: BookmakerName
  readonly endpoint: "list" | "event"
  readonly event: { readonly id: string; readonly sportradarId: string | null } | null
  readonly target: string
  /** Of all requests to this simulator. */
  readonly request: number
  /** Of the requests for this target within its window. */
  readonly attempt: number
  readonly kind: string
  readonly delayMs: number | null
  readonly commanded: boolean
  /** The item is lost by it: every attempt of the window fails. Unknown for commands with a share or a count. */
  readonly final: boolean
}

/** So many events that their bookmaker denies during the cycle beginning then. */
export type GoneIn = (
  time: number,
  count: number
) => readonly { readonly bookmaker: BookmakerName; readonly match: Match }[]

const WINDOW_MS = 60_000
const CYCLE_MS = 300_000
const GONE_PER_CYCLE = 3
const KEPT = 50_000
/** No headers by then and a client gives up (DESIGN §7). */
const DEADLINE_MS = 5_000

export class Faults {
  readonly #seed: number
  readonly #weather: boolean
  readonly #goneIn: GoneIn
  readonly #windows = new Map<string, { start: number; ordinal: number; attempts: number }>()
  #gone: { readonly cycle: number; readonly events: ReturnType<GoneIn> } = { cycle: -1, events: [] }
  #commands: Command[] = []
  #commandIds = 0
  #listed: ListedFault[] = []

  constructor(seed: number, weather: boolean, goneIn: GoneIn) {
    this.#seed = seed
    this.#weather = weather
    this.#goneIn = goneIn
  }

  /** Decides what this request meets, and lists it. */
  meet(target: Target, time: number, request: number): Met | undefined {
    const window = this.#window(target.name, time)
    const commanded = this.#commanded(target, time, request)
    const met =
      commanded ?? (this.#weather ? this.#weathered(target, time, window.ordinal, window.attempts) : undefined)
    if (met === undefined) return undefined
    const delayMs = met.delayMs ?? null
    const survives = met.kind === "slow" && (met.delayMs ?? 0) < DEADLINE_MS
    this.#listed.push({
      at: time,
      bookmaker: target.bookmaker,
      endpoint: target.endpoint,
      event: target.event === undefined ? null : { id: target.event, sportradarId: target.match?.sportradarId ?? null },
      target: target.name,
      request,
      attempt: window.attempts,
      kind: met.kind,
      delayMs,
      commanded: commanded !== undefined,
      final: !survives && (commanded !== undefined || target.endpoint === "event")
    })
    if (this.#listed.length > 2 * KEPT) this.#listed = this.#listed.slice(-KEPT)
    return met
  }

  command(order: Omit<Command, "id" | "hit">): Command {
    const command = { ...order, hit: 0, id: ++this.#commandIds }
    this.#commands.push(command)
    return command
  }

  /** Ends one command, or all; the weather goes on. */
  clear(id: number | undefined): void {
    this.#commands = id === undefined ? [] : this.#commands.filter((command) => command.id !== id)
  }

  active(time: number): readonly Command[] {
    return (this.#commands = this.#commands.filter(({ left, until }) => left > 0 && time < until))
  }

  /** Oldest first. */
  listed(since: number): readonly ListedFault[] {
    return this.#listed.filter(({ at }) => at >= since)
  }

  #window(name: string, time: number): { readonly ordinal: number; readonly attempts: number } {
    const known = this.#windows.get(name)
    if (known !== undefined && time >= known.start && time < known.start + WINDOW_MS) {
      known.attempts++
      return known
    }
    const fresh = { start: time, ordinal: (known?.ordinal ?? 0) + 1, attempts: 1 }
    this.#windows.set(name, fresh)
    return fresh
  }

  #commanded(target: Target, time: number, request: number): Met | undefined {
    for (const command of this.active(time)) {
      if (command.bookmaker !== undefined && command.bookmaker !== target.bookmaker) continue
      if (command.endpoint !== undefined && command.endpoint !== target.endpoint) continue
      if (command.event !== undefined && command.event !== target.event && command.event !== target.match?.sportradarId)
        continue
      if (uniform(this.#seed, command.id, request, 71) >= command.share) continue
      command.left--
      return {
        kind: command.kind,
        ordinal: ++command.hit,
        delayMs: command.kind === "slow" ? command.delayMs : undefined,
        retryAfter: command.retryAfter,
        field: command.field
      }
    }
    return undefined
  }

  #weathered(target: Target, time: number, ordinal: number, attempt: number): Met | undefined {
    const plain = { ordinal: 1, delayMs: undefined, retryAfter: undefined, field: undefined }
    if (target.endpoint === "list" && attempt > 1) return undefined
    if (target.match !== undefined && this.#isGone(target.bookmaker, target.match, time))
      return { ...plain, kind: "gone" }
    const word = hash(this.#seed, textWord(target.name), ordinal)
    const fate = uniform(word, 72)
    if (fate < 0.005) return { ...plain, kind: "reset" }
    if (fate >= 0.015) return undefined
    // One slow answer in ten comes after the deadline; on lists none does.
    const late = target.endpoint === "event" && uniform(word, 73) < 0.1
    return { ...plain, kind: "slow", delayMs: Math.round((late ? 6_000 : 1_500) + 2_500 * uniform(word, 74)) }
  }

  #isGone(bookmaker: BookmakerName, match: Match, time: number): boolean {
    const cycle = Math.floor(time / CYCLE_MS)
    if (this.#gone.cycle !== cycle) this.#gone = { cycle, events: this.#goneIn(cycle * CYCLE_MS, GONE_PER_CYCLE) }
    return this.#gone.events.some((gone) => gone.bookmaker === bookmaker && gone.match.number === match.number)
  }
}
