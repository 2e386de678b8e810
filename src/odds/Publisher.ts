/**
 * The publisher: moves what readers see once the journal has committed, in seq order, and hands the records to the hub.
 *
 * One telling is one append. It stays in line until it is told, because what follows the diff is part of a chain.
 */
import { Clock, Deferred, Effect } from "effect"
import { parkAtThird } from "../actor/Actor.ts"
import { waitMailbox } from "../actor/Mailbox.ts"
import type { Mailbox } from "../actor/Mailbox.ts"
import { Supervisor } from "../actor/Supervisor.ts"
import { Hub } from "../broadcast/Hub.ts"
import type { NumberedRecord, Record } from "../domain/Record.ts"
import { Journal } from "../journal/Journal.ts"
import { Stages } from "../domain/Stages.ts"
import type { Appended } from "../journal/Journal.ts"
import type { ClockStep } from "./ClockStep.ts"
import type { Settling } from "./Message.ts"
import type { makePublishedBoard } from "./PublishedBoard.ts"
import { makeUndurable } from "./Rebase.ts"
import type { Change } from "./Table.ts"

/** One append on its way to readers. */
export interface Telling {
  readonly changes: readonly Change[]
  readonly records: readonly Record[]
  /** When it was handed to the journal, in the clock's own nanoseconds. */
  readonly begun: bigint
  /** Undefined: nothing to number, only somebody to answer. */
  readonly appended: Appended | undefined
  /** Answered once everything before is told. */
  readonly settles: readonly Settling[]
  readonly clockSet: ClockStep | undefined
}

export const NOTHING_TOLD: Telling = {
  changes: [],
  records: [],
  begun: 0n,
  appended: undefined,
  settles: [],
  clockSet: undefined
}

/** Appends accepted by the journal and not yet published; beyond that the diff waits. */
const CAPACITY = 4_096
const NAME = "publisher"

/** Starts the publisher in the caller's scope; what is offered is told in that order. */
export const startPublisher = Effect.fnUntraced(function* (
  published: ReturnType<typeof makePublishedBoard>,
  onFailed: (lastError: string) => Effect.Effect<void>
) {
  const hub = yield* Hub
  const journal = yield* Journal
  const { epoch } = journal
  const stages = yield* Stages
  const clock = yield* Clock.Clock
  const supervisor = yield* Supervisor
  const mailbox: Mailbox<Telling> = yield* waitMailbox<Telling>(NAME, CAPACITY)

  const undurable = makeUndurable()
  let told: number | undefined

  /** A gap that the journal has closed since the last telling comes between them, in its place. */
  const gap = (before: number) =>
    Effect.map(journal.lastGap, (record): readonly NumberedRecord[] => {
      if (record === undefined || record.seq === told || record.seq > before) return []
      told = record.seq
      return [record]
    })

  const tell = Effect.fnUntraced(function* (telling: Telling) {
    const { appended, changes, clockSet, records, settles } = telling
    if (clockSet !== undefined) published.moveTimes(clockSet)
    if (appended !== undefined) {
      const { first, last, durable } = yield* appended.committed
      const committed = clock.monotonicTimeNanosUnsafe()
      const mark = { epoch, seq: last }
      if (!durable) undurable.note(changes)
      const before = durable ? yield* gap(first) : []
      published.advance(changes, mark, durable)
      hub.publish([...before, ...records.map((record, i) => ({ epoch, seq: first + i, record, durable }))], mark)
      const ended = clock.monotonicTimeNanosUnsafe()
      for (const record of records) {
        if (record.kind !== "MARKETS") continue
        stages.took(record.runId, record.bookmakerId, "journal", Number(committed - telling.begun) / 1e6)
        stages.took(record.runId, record.bookmakerId, "publish", Number(ended - committed) / 1e6)
      }
    }
    const kept = published.board.kept() ? published.board.mark().seq : undefined
    for (const settle of settles) yield* Deferred.succeed(settle, kept)
  })

  const describe = ({ appended }: Telling): string => `records ${appended?.first} to ${appended?.last}`
  yield* supervisor.supervise({
    name: NAME,
    depth: mailbox.depth,
    // What cannot be told must not be skipped: the process ends, and a new one reads it from the journal.
    loop: parkAtThird({ name: NAME, mailbox, describe }, tell, (_, lastError) => onFailed(lastError)),
    onFailed
  })
  return { offer: mailbox.offer, undurable }
})
