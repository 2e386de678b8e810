/** Drawn mutants that no test can or need catch, by their fingerprint, with the reason. */
export const EXPLAINED: Readonly<{ [fingerprint: string]: string }> = {
  "src/journal/file/HighMark.ts: const file = openSync(pathOf(folder), constants.O_RDWR | constants.O_CREAT, 0o600) → const file = openSync(pathOf(folder), constants.O_RDWR | constants.O_CREAT, 385)":
    "Others might execute a note of 80 characters that they can neither read nor write.",
  "src/storage/connection/Migrations.ts: const MAY_TAKE_S = 3_600 → const MAY_TAKE_S = 3601":
    "A second more than an hour.",
  "src/odds/Reading.ts: if (order < 0) low = middle + 1 → if (order <= 0) low = middle + 1":
    "Equal has been answered in the line before.",
  "src/odds/OddsBooks.ts: if (changes.length > 0 || replies.length > 0) yield* append(changes, replies) → if (changes.length > 0 || replies.length >= 0) yield* append(changes, replies)":
    "Appending nothing and answering nobody tells nothing: it only costs a turn.",
  "src/odds/Image.ts: if (bytes.length < 8) return undefined → if (bytes.length < 9) return undefined":
    "Eight bytes could only say that the header is empty, which is no header.",
  "src/odds/Change.ts: since: new Array<number>(shape.slots.length).fill(0), → since: new Array<number>(shape.slots.length).fill(1),":
    "Each market's is either kept from the book before or set as of now, and nobody sees it before.",
  "src/odds/PublishedBoard.ts: if (at !== undefined && at > (successes.get(id) ?? 0)) successes.set(id, at) → if (at !== undefined && at >= (successes.get(id) ?? 0)) successes.set(id, at)":
    "Sets what is there already; a success at the instant 0 is none.",
  "src/journal/commit/Outage.ts: export const COMMIT_TIMEOUT_MS = 5_000 → export const COMMIT_TIMEOUT_MS = 5001":
    "A millisecond more of patience.",
  "src/journal/commit/Outage.ts: reserved = 0 → reserved = 1":
    "Numbers are reserved 100,000 ahead of the newest given: nothing so small is ever enough.",
  "src/storage/tables/Partitions.ts: if (age <= retentionDays + 1 && age >= -4) wanted.add(day) → if (age <= retentionDays + 1 && age > -4) wanted.add(day)":
    "Another answer in the first millisecond of a day alone, and for a clock four days ahead: its rows then wait in the default partition.",
  "src/storage/writing/StoreMarkets.ts: if (first === undefined || last === undefined) return → if (first === undefined && last === undefined) return":
    "The first and the last of one list are both there or both not.",
  "src/storage/reading/HistoryRows.ts: order by h.at, h.epoch, h.seq, h.position limit ${first + 1}` → order by h.at, h.epoch, h.seq, h.position limit ${first + 2}`":
    "One row behind the page tells that there are more, and all behind it are cut off.",
  "src/storage/writing/CopyBinary.ts: room(4) → room(5)": "A byte more of room than is used.",
  "src/storage/server/Orphan.ts: if (!(Number.isInteger(pid) && pid > 1)) return undefined → if (!(Number.isInteger(pid) && pid > 2)) return undefined":
    "Process 2 is the kernel's; what this guards against is 0, 1 and negative numbers, which would be groups.",
  'src/storage/server/PostgresCommand.ts: child.on("error", (error) => resume(Effect.succeed({ code: -1, output: error.message }))) → child.on("error", (error) => resume(Effect.succeed({ code: -2, output: error.message })))':
    "Nobody asks which code it is, only whether it is 0."
}
