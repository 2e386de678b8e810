/**
 * The half of the independent reader that is about words: what a token or label of an outcome says, read from the
 * notes of `market-map.json` alone. It imports nothing from `src`, like the rest of that reader.
 */

/** What a token or label says, for the types whose outcomes the map only describes in its notes. */
export const inWords = (canonical: string, token: string): string | undefined => {
  if (canonical.startsWith("correct_score")) return /^ot/i.test(token) ? "other" : token.replace(":", "-")
  if (canonical === "htft_correct_score") return token.replaceAll(":", "-").replace(" ", "/")
  if (canonical === "multiscores_ft") return multiscore(token)
  if (canonical.includes("multigoals")) return multigoals(token)
  if (canonical === "winning_margin_ft") return margin(token)
  if (canonical === "corners_range_ft")
    return token.replace("LT7Corner", "0-6").replace("20PCorner", "20+").replace("Corner", "")
  if (/^(home|away)_(corners|bookings)/.test(canonical))
    return /^\d/.test(token) ? token : total(token.replace(/^[HA]C/, ""))
  if (canonical === "btts_1h_2h")
    return token
      .split(/\/|AND/)
      .map(answer)
      .join("_")
  if (canonical === "over_under_btts_ft")
    return /^(GG|NG)/.test(token) ? `${total(token.slice(2))}_${answer(token.slice(0, 2))}` : both(token, total, answer)
  if (canonical.endsWith("_no_bet_ft")) return result(token)
  if (canonical === "htft_over_under") {
    const [half = "", full = "", goals = ""] = split(
      token,
      /^(Home|draw|Away|[1X2])\/(Home|draw|Away|[1X2])(?: & | and )?(.+)$/i
    )
    return `${result(half)}_${result(full)}_${total(goals)}`
  }
  if (canonical.startsWith("1x2_over_under")) return both(token.replace(/([OU])[12]T$/, "$1"), result, total)
  if (canonical.startsWith("1x2_btts")) return both(token.replace(/^(.)(?:2?HT)?AND/, "$1"), result, answer)
  if (canonical.startsWith("double_chance_over_under")) return both(token, chance, total)
  if (canonical.startsWith("double_chance_btts")) return both(token.replace(/(GG|NG)(?:HT|2T)$/, "$1"), chance, answer)
  return token
}

const split = (token: string, pattern: RegExp): readonly string[] => (pattern.exec(token) ?? []).slice(1)

const both = (token: string, first: (text: string) => string, second: (text: string) => string): string => {
  const [a = "", b = ""] = /^(.+?)(?: - | & )(.+)$/.test(token)
    ? split(token, /^(.+?)(?: - | & )(.+)$/)
    : split(token, /^(1X|12|X2|[1X2])(.+)$/)
  return `${first(a)}_${second(b)}`
}

const result = (text: string): string =>
  ({ "1": "home", x: "draw", "2": "away" })[text.toLowerCase()] ?? text.toLowerCase()

const chance = (text: string): string =>
  ({ "1X": "home_draw", "12": "home_away", X2: "draw_away" })[text] ?? text.toLowerCase().replace("/", "_")

const total = (text: string): string => (/^o/i.test(text) ? "over" : /^u/i.test(text) ? "under" : `?${text}`)
const answer = (text: string): string => (/^(y|gg)/i.test(text) ? "yes" : /^n/i.test(text) ? "no" : `?${text}`)

const multigoals = (token: string): string => {
  const plain = token.replace(/^(HO|AW)/, "")
  return /^no goal$/i.test(plain) ? "none" : plain.replace(/^(\d)(\d)$/, "$1-$2")
}

const multiscore = (label: string): string => {
  if (/^other home/i.test(label)) return "home_other"
  if (/^other away/i.test(label)) return "away_other"
  return label === "Draw" ? "draw" : (label.match(/\d:\d/g) ?? []).join("/").replaceAll(":", "-")
}

const margin = (token: string): string => {
  if (/^(x|draw)$/i.test(token)) return "draw"
  const [side = "", goals = ""] = split(token, /^(Home by |Away by |HT|AT)(.+)$/)
  return `${side.startsWith("H") ? "home" : "away"}_by_${goals.replace(">2", "3+")}`
}
