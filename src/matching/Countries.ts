/**
 * The ISO code of a country as bookmakers spell it.
 *
 * English names come from the runtime itself (`Intl.DisplayNames`), so only what bookmakers call otherwise is
 * listed here: home nations, older names, and the words under which they file what belongs to no country.
 */

export interface Country {
  /** ISO 3166-1 alpha-2, `GB-ENG` and the like for the home nations, `ZZ` for none. */
  readonly code: string
  readonly name: string
}

/** Bookmakers that spell one country differently get the same answer; an unknown name keeps its spelling under `ZZ`. */
export const countryOf = (spelled: string): Country => {
  const name = spelled.trim()
  const words = plain(name)
  if (words === "" || INTERNATIONAL.has(words)) return { code: "ZZ", name: "International" }
  const known = COUNTRIES.get(words)
  if (known !== undefined) return known
  // "England Amateur" is filed beside England: its code, and a name of its own.
  const parent = COUNTRIES.get(words.replace(/ (?:amateurs?|women|youth|regional)$/, ""))
  return { code: parent?.code ?? "ZZ", name }
}

/** Lower case letters and digits with one blank between words, accents dropped, `&` read as "and". */
export const plain = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replaceAll("&", " and ")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()

/** `plain`, joined for an id: `china-chinese-super-league`. */
export const slug = (text: string): string => plain(text).replaceAll(" ", "-")

const INTERNATIONAL: ReadonlySet<string> = new Set([
  "international",
  "internationals",
  "international clubs",
  "international youth",
  "international women",
  "world",
  "worldwide",
  "europe",
  "africa",
  "asia",
  "oceania",
  "south america",
  "north america",
  "north and central america",
  "central america",
  "americas"
])

const HOME_NATIONS: readonly Country[] = [
  { code: "GB-ENG", name: "England" },
  { code: "GB-SCT", name: "Scotland" },
  { code: "GB-WLS", name: "Wales" },
  { code: "GB-NIR", name: "Northern Ireland" }
]

/** What bookmakers call countries that English names otherwise. */
const ALIASES: Readonly<Record<string, string>> = {
  usa: "US",
  "united states of america": "US",
  us: "US",
  uk: "GB",
  "great britain": "GB",
  uae: "AE",
  "korea republic": "KR",
  "republic of korea": "KR",
  "korea south": "KR",
  "korea dpr": "KP",
  "korea north": "KP",
  "czech republic": "CZ",
  turkey: "TR",
  turkiye: "TR",
  "ivory coast": "CI",
  "cote d ivoire": "CI",
  "republic of ireland": "IE",
  "ireland republic": "IE",
  eire: "IE",
  holland: "NL",
  "the netherlands": "NL",
  "china pr": "CN",
  "pr china": "CN",
  "hong kong": "HK",
  "hong kong china": "HK",
  macau: "MO",
  macao: "MO",
  "chinese taipei": "TW",
  macedonia: "MK",
  "fyr macedonia": "MK",
  "cape verde": "CV",
  "cabo verde": "CV",
  swaziland: "SZ",
  burma: "MM",
  myanmar: "MM",
  palestine: "PS",
  congo: "CG",
  "congo republic": "CG",
  "republic of the congo": "CG",
  "dr congo": "CD",
  "congo dr": "CD",
  "democratic republic of the congo": "CD",
  bosnia: "BA",
  "russian federation": "RU",
  "ir iran": "IR",
  "islamic republic of iran": "IR",
  "viet nam": "VN",
  brasil: "BR",
  "east timor": "TL",
  "brunei darussalam": "BN",
  "syrian arab republic": "SY",
  lao: "LA",
  "moldova republic": "MD",
  "republic of moldova": "MD",
  "saint kitts": "KN",
  "st kitts and nevis": "KN",
  "st lucia": "LC",
  "st vincent and the grenadines": "VC",
  trinidad: "TT",
  faroe: "FO",
  "the gambia": "GM"
}

const displayNames = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" })

const LETTERS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

// The runtime also names codes that were retired (DD, SU, BU) after the country they became; those are left out.
const current = (code: string): boolean => Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`

const COUNTRIES: ReadonlyMap<string, Country> = new Map<string, Country>([
  ...LETTERS.flatMap((a) => LETTERS.map((b) => a + b))
    .filter(current)
    .flatMap((code): [string, Country][] => {
      const name = displayNames.of(code)
      return name === undefined || code === "ZZ" ? [] : [[plain(name), { code, name }]]
    }),
  ...HOME_NATIONS.map((nation): [string, Country] => [plain(nation.name), nation]),
  ...Object.entries(ALIASES).map(([words, code]): [string, Country] => [
    words,
    { code, name: displayNames.of(code) ?? words }
  ])
])
