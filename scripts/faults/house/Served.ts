/** What a scene's simulator has served, beside the history. */
import { accountsOf } from "../../../test/support/accounts.ts"
import type { Account } from "../../../test/support/oracle.ts"
import type { StoredRow } from "../../../test/support/stored.ts"
import type { Scene } from "./Scene.ts"

/** By match, also of those that are listed no more. */
export const servedIn =
  ({ simulator, kickoffs }: Pick<Scene, "simulator" | "kickoffs">) =>
  async (rows: readonly StoredRow[]): Promise<readonly Account[]> =>
    accountsOf(simulator, new Map([...(await simulator.kickoffs()), ...kickoffs]), rows)
