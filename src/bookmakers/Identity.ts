/**
 * Who we say we are, to every bookmaker alike: an ordinary client under its own name, imitating nobody.
 */
export const USER_AGENT = "Mozilla/5.0 (compatible; oddswire/0.1)"

/** The root of a bookmaker's site without its last slash, so that paths can follow. */
export const rootOf = (base: URL): string => `${base.origin}${base.pathname}`.replace(/\/+$/, "")
