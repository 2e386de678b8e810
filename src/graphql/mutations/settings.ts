/**
 * `updateSettings`, `pauseSchedule`, `resumeSchedule`: changes of settings that take effect without a restart.
 *
 * Names are checked here against the roster, ranges where the settings live; nothing is applied in part.
 */
import { Effect, SubscriptionRef } from "effect"
import { BookmakerId } from "../../domain/Bookmaker.ts"
import { LiveSettings, paceOf } from "../../domain/Settings.ts"
import type { Pace, Settings } from "../../domain/Settings.ts"
import type { Maybe } from "../arguments/Arguments.ts"
import { settings } from "../queries/settings.ts"
import type { GraphQLContext } from "../Runtime.ts"
import { operatorsOnly } from "./Operators.ts"
import type { UserError } from "./Operators.ts"
import { unknownBookmakers } from "./runs.ts"

type Change = Partial<Omit<Settings, "version">>

interface SettingsInput {
  readonly scrapeIntervalMs?: Maybe<number>
  readonly disabled?: Maybe<readonly string[]>
  readonly paused?: Maybe<readonly string[]>
  readonly pace?: Maybe<
    readonly { readonly bookmakerId: string; readonly concurrency?: Maybe<number>; readonly delayMs?: Maybe<number> }[]
  >
  readonly batchSize?: Maybe<number>
  readonly eventsAtOnce?: Maybe<number>
  readonly tiers?: Maybe<readonly { readonly withinMs?: Maybe<number>; readonly everyMs: number }[]>
  readonly retentionDays?: Maybe<number>
  readonly skewBoundMs?: Maybe<number>
}

interface UpdateArgs {
  readonly input: SettingsInput
  readonly expectedVersion?: Maybe<number>
}

export const updateSettings = Effect.fn("GraphQL.updateSettings")(function* (
  { input, expectedVersion }: UpdateArgs,
  context: GraphQLContext
) {
  yield* operatorsOnly(context)
  const { roster } = context.view
  const errors = [
    ...unknownBookmakers(input.disabled ?? [], ["input", "disabled"], roster),
    ...unknownBookmakers(input.paused ?? [], ["input", "paused"], roster),
    ...unknownBookmakers(
      (input.pace ?? []).map(({ bookmakerId }) => bookmakerId),
      ["input", "pace"],
      roster
    ),
    ...namedTwice((input.pace ?? []).map(({ bookmakerId }) => bookmakerId))
  ]
  if (errors.length > 0) return { settings: yield* settings(), errors }
  const current = yield* SubscriptionRef.get((yield* LiveSettings).current)
  return yield* apply(changeOf(input, current), expectedVersion ?? undefined, context)
})

interface ScheduleArgs {
  readonly bookmakers?: Maybe<readonly string[]>
}

export const pauseSchedule = Effect.fn("GraphQL.pauseSchedule")(function* (
  args: ScheduleArgs,
  context: GraphQLContext
) {
  return yield* reschedule(args, context, (paused, named) => [...new Set([...paused, ...named])])
})

export const resumeSchedule = Effect.fn("GraphQL.resumeSchedule")(function* (
  args: ScheduleArgs,
  context: GraphQLContext
) {
  return yield* reschedule(args, context, (paused, named) => paused.filter((id) => !named.includes(id)))
})

const reschedule = Effect.fnUntraced(function* (
  { bookmakers }: ScheduleArgs,
  context: GraphQLContext,
  next: (paused: readonly BookmakerId[], named: readonly BookmakerId[]) => readonly BookmakerId[]
) {
  yield* operatorsOnly(context)
  const { roster } = context.view
  const errors = unknownBookmakers(bookmakers ?? [], ["bookmakers"], roster)
  if (errors.length > 0) return { settings: yield* settings(), errors }
  const named = bookmakers?.map((id) => BookmakerId(id)) ?? roster.map(({ bookmaker }) => bookmaker.id)
  const { version, paused } = yield* SubscriptionRef.get((yield* LiveSettings).current)
  // The list is replaced as a whole, so it must still be the one that was read.
  return yield* apply({ paused: next(paused, named) }, version, context)
})

const apply = Effect.fnUntraced(function* (
  change: Change,
  expectedVersion: number | undefined,
  { caller }: GraphQLContext
) {
  const faults: readonly UserError[] = yield* (yield* LiveSettings).update(change, caller.who, expectedVersion)
  return { settings: yield* settings(), errors: faults.map((fault) => ({ ...fault, path: inputPath(fault.path) })) }
})

/** Where the argument has the field that the rule speaks of. */
const inputPath = (path: readonly string[]): readonly string[] =>
  path[0] === "expectedVersion" ? path : ["input", ...path.map((step) => INPUT_NAMES[step] ?? step)]

const INPUT_NAMES: Readonly<{ [step: string]: string }> = { every: "everyMs", within: "withinMs" }

const namedTwice = (ids: readonly string[]): readonly UserError[] =>
  ids.flatMap((id, i) =>
    ids.indexOf(id) === i
      ? []
      : [
          {
            code: "BAD_INPUT",
            message: `Pace names ${id} twice: give each bookmaker one entry.`,
            path: ["input", "pace", String(i)],
            value: id
          }
        ]
  )

/** null means "leave as it is", like a field that is not there. */
const changeOf = (input: SettingsInput, current: Settings): Change => ({
  ...given("scrapeIntervalMs", input.scrapeIntervalMs),
  ...given(
    "disabled",
    input.disabled?.map((id) => BookmakerId(id))
  ),
  ...given(
    "paused",
    input.paused?.map((id) => BookmakerId(id))
  ),
  ...given(
    "pace",
    input.pace === null || input.pace === undefined ? undefined : { ...current.pace, ...paces(input.pace, current) }
  ),
  ...given("batchSize", input.batchSize),
  ...given("eventsAtOnce", input.eventsAtOnce),
  ...given(
    "tiers",
    input.tiers?.map(({ withinMs, everyMs }) => ({ within: withinMs ?? Infinity, every: everyMs }))
  ),
  ...given("retentionDays", input.retentionDays),
  ...given("skewBoundMs", input.skewBoundMs)
})

const paces = (pace: NonNullable<SettingsInput["pace"]>, current: Settings): Readonly<Record<string, Pace>> =>
  Object.fromEntries(
    pace.map(({ bookmakerId, concurrency, delayMs }) => {
      const now = paceOf(current, BookmakerId(bookmakerId))
      return [bookmakerId, { concurrency: concurrency ?? now.concurrency, delayMs: delayMs ?? now.delayMs }]
    })
  )

const given = <Key extends keyof Change>(key: Key, value: Maybe<Change[Key]>): Change =>
  value === null || value === undefined ? {} : { [key]: value }
