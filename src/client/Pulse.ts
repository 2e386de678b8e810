/**
 * Notices a dead link: asks for a sign of life after a silence, and gives up when none comes.
 *
 * While somebody looks, two seconds of silence are the end; in the background, where browsers hold timers back,
 * twenty. A page that was busy or asleep has messages waiting that are older than its timer, so a timer that fires
 * late is no proof and asks once more.
 */
import type { Cancel, Surroundings } from "./Surroundings.ts"

export interface Pulse {
  readonly heard: () => void
  /** Asks at once: somebody looks again. */
  readonly check: () => void
  readonly stop: () => void
}

export interface Heart {
  readonly ping: () => void
  /** Nothing was heard in time. */
  readonly dead: () => void
}

export const makePulse = ({ now, after, focused }: Surroundings, { ping, dead }: Heart): Pulse => {
  let heardAt = now()
  let cancel: Cancel = () => undefined

  const wait = (ms: number, then: () => void): void => {
    cancel()
    const due = now() + ms
    cancel = after(ms, () => (now() - due > LATE_MS ? wait(LATE_MS, then) : then()))
  }
  const listen = (): void => {
    const { askAfterMs } = focused() ? FOCUSED : UNFOCUSED
    const silence = now() - heardAt
    wait(Math.max(0, askAfterMs - silence), () => (now() - heardAt >= askAfterMs ? ask() : listen()))
  }
  const ask = (): void => {
    const askedAt = now()
    ping()
    const { answerMs } = focused() ? FOCUSED : UNFOCUSED
    wait(answerMs, () => (heardAt >= askedAt ? listen() : dead()))
  }

  listen()
  return {
    // Called for every message: the timer looks at it when it fires, and is not set anew each time.
    heard: () => {
      heardAt = now()
    },
    check: ask,
    stop: () => cancel()
  }
}

interface Patience {
  readonly askAfterMs: number
  readonly answerMs: number
}

/** 1.8 s together: the rest is for timers that fire late. */
const FOCUSED: Patience = { askAfterMs: 800, answerMs: 1_000 }
const UNFOCUSED: Patience = { askAfterMs: 10_000, answerMs: 10_000 }
const LATE_MS = 150
