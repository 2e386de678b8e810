/** Drawn mutants that no test can or need catch, by their fingerprint, with the reason. */
export const EXPLAINED: Readonly<{ [fingerprint: string]: string }> = {}
