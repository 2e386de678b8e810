/**
 * The broadcaster: takes numbered records in seq order and hands them to whoever is interested.
 *
 * `publish` never waits: a slow client is conflated and then closed, and never slows another.
 */
import { Context } from "effect"
import type { NumberedRecord, Position } from "../domain/Record.ts"

export class Hub extends Context.Service<Hub, {
  /** Records (from, mark] in seq order, after `published` has moved to `mark`. Synchronous; returns before anything is written. */
  readonly publish: (records: readonly NumberedRecord[], mark: Position) => void
}>()("oddswire/broadcast/Hub") {}
