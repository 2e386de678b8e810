/** Postgres cannot be read now. Live odds do not depend on it; history does, and says so instead of answering "empty". */
import { Data } from "effect"

export class StorageUnavailable extends Data.TaggedError("StorageUnavailable")<{ readonly message: string }> {}
