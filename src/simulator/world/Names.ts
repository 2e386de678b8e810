/**
 * Countries, competitions and teams, with each bookmaker's own spelling of them.
 *
 * Teams are invented; countries and competitions are ordinary ones. Spellings differ on purpose:
 * whoever joins bookmakers on names finds out here.
 */
import type { BookmakerName } from "../catalogue/Template.ts"
import { hash, uniform } from "../Hashing.ts"

export interface Tournament {
  readonly index: number
  readonly country: string
  readonly countryIndex: number
  readonly name: string
  /** How much is offered on its matches: 3 top, 2 ordinary, 1 minor. */
  readonly standing: 1 | 2 | 3
}

export interface Team {
  readonly number: number
  readonly name: string
  /** Multiplies the goals expected of it. */
  readonly strength: number
}

export const TEAMS_PER_TOURNAMENT = 20

/** The team number `place` (0–19) of a tournament. */
export const teamOf = (seed: number, tournament: Tournament, place: number): Team => {
  const number = tournament.index * TEAMS_PER_TOURNAMENT + place
  const pick = (parts: readonly string[], salt: number): string => parts[hash(seed, number, salt) % parts.length] ?? ""
  const town = pick(STARTS, 1) + pick(ENDS, 2)
  const ending = pick(ENDINGS, 3)
  return { number, name: ending === "" ? town : `${town} ${ending}`, strength: 0.7 + 0.65 * uniform(seed, number, 4) }
}

/** A team's name as that bookmaker writes it. */
export const spelledTeam = (bookmaker: BookmakerName, name: string): string =>
  bookmaker === "betpawa"
    ? name
    : bookmaker === "sportybet"
      ? name.replace(/ Utd$/, " United").replace(/ Ath\.$/, " Athletic")
      : name.replace(/ (FC|SC|FK|CF)$/, "").replace(/ City$/, " C.")

export const spelledCountry = (bookmaker: BookmakerName, country: string): string => {
  const [first = country, second = first, third = second] = COUNTRY_SPELLINGS[country] ?? []
  return bookmaker === "betpawa" ? first : bookmaker === "sportybet" ? second : third
}

export const spelledTournament = (bookmaker: BookmakerName, name: string): string =>
  bookmaker === "betpawa"
    ? name
    : bookmaker === "sportybet"
      ? name.replace("First Division", "1st Division").replace("Second Division", "2nd Division")
      : name
          .replace("First Division", "Division 1")
          .replace("Second Division", "Division 2")
          .replace("Premier League", "Premier L.")

const COUNTRY_SPELLINGS: { readonly [country: string]: readonly string[] } = {
  "Czech Republic": ["Czechia", "Czech Republic", "Czech Rep."],
  "South Korea": ["Korea Republic", "Republic of Korea", "South Korea"],
  Turkey: ["Turkiye", "Turkiye", "Turkey"],
  "Bosnia and Herzegovina": ["Bosnia and Herzegovina", "Bosnia & Herzegovina", "Bosnia-Herzegovina"],
  "North Macedonia": ["North Macedonia", "North Macedonia", "Macedonia"],
  Ireland: ["Republic of Ireland", "Ireland", "Ireland"],
  International: ["International", "International Clubs", "Europe - Cups"]
}

/** Country: its competitions, the strongest first. */
const TABLE = `
England: Premier League, Championship, League One, League Two, National League, National League North, National League South
Spain: LaLiga, LaLiga 2, Primera Federacion, Segunda Federacion, Copa del Rey
Italy: Serie A, Serie B, Serie C Group A, Serie C Group B, Serie C Group C, Coppa Italia
Germany: Bundesliga, 2. Bundesliga, 3. Liga, Regionalliga Nord, Regionalliga West, DFB Pokal
France: Ligue 1, Ligue 2, National, National 2, Coupe de France
Portugal: Liga Portugal, Liga Portugal 2, Liga 3
Netherlands: Eredivisie, Eerste Divisie, Tweede Divisie
Belgium: Pro League, Challenger Pro League, First Amateur Division
Scotland: Premiership, Championship, League One, League Two
Turkey: Super Lig, 1. Lig, 2. Lig
Greece: Super League, Super League 2
Austria: Bundesliga, 2. Liga, Regionalliga Ost
Switzerland: Super League, Challenge League, Promotion League
Denmark: Superliga, First Division, Second Division
Sweden: Allsvenskan, Superettan, Ettan Norra, Ettan Sodra
Norway: Eliteserien, First Division, Second Division
Finland: Veikkausliiga, Ykkonen
Iceland: Besta deild, First Division
Poland: Ekstraklasa, I Liga, II Liga
Czech Republic: First League, FNL, Third League
Slovakia: Super Liga, Second Liga
Hungary: NB I, NB II
Romania: Superliga, Liga 2, Liga 3
Bulgaria: First League, Second League
Serbia: Superliga, Prva Liga
Croatia: HNL, First NL
Slovenia: Prva Liga, Second SNL
Bosnia and Herzegovina: Premier League, First League
North Macedonia: First League
Albania: Superiore, First Division
Ukraine: Premier League, First League
Russia: Premier League, First League
Belarus: Premier League, First League
Georgia: Erovnuli Liga
Armenia: Premier League
Azerbaijan: Premier League
Kazakhstan: Premier League
Israel: Ligat Al, Liga Leumit
Cyprus: First Division, Second Division
Ireland: Premier Division, First Division
Northern Ireland: Premiership, Championship
Wales: Premier, Cymru North, Cymru South
Brazil: Serie A, Serie B, Serie C, Serie D, Paulista, Carioca
Argentina: Liga Profesional, Primera Nacional, Primera B
Uruguay: Primera Division, Segunda Division
Chile: Primera Division, Primera B
Colombia: Primera A, Primera B
Ecuador: Serie A, Serie B
Peru: Liga 1, Liga 2
Paraguay: Primera Division, Division Intermedia
Bolivia: Division Profesional
Venezuela: Primera Division
Mexico: Liga MX, Liga de Expansion
USA: MLS, USL Championship, USL League One
Costa Rica: Primera Division
Guatemala: Liga Nacional
Japan: J1 League, J2 League, J3 League
South Korea: K League 1, K League 2, K3 League
China: Super League, League One
Australia: A-League, NSW NPL 1, Victoria NPL
India: Super League, I-League
Indonesia: Liga 1, Liga 2
Thailand: Thai League 1, Thai League 2
Vietnam: V-League 1
Malaysia: Super League
Saudi Arabia: Pro League, First Division
United Arab Emirates: Pro League
Qatar: Stars League
Iran: Pro League, Azadegan League
Iraq: Stars League
Egypt: Premier League, Second Division
Morocco: Botola Pro, Botola 2
Tunisia: Ligue 1
Algeria: Ligue 1
South Africa: Premier Division, First Division
Nigeria: Premier League, National League
Ghana: Premier League
Kenya: Premier League, Super League
Uganda: Premier League
Tanzania: Ligi Kuu Bara
Zambia: Super League
Rwanda: National Soccer League
Cameroon: Elite One
Senegal: Ligue 1
Ivory Coast: Ligue 1
International: Champions League, Europa League, Conference League, Club Friendlies, Youth League
`

const BIG = new Set(["England", "Spain", "Italy", "Germany", "France", "International"])

export const TOURNAMENTS: readonly Tournament[] = TABLE.trim()
  .split("\n")
  .flatMap((row, countryIndex) => {
    const [country = "", list = ""] = row.split(": ")
    return list.split(", ").map((name, place) => ({ country, countryIndex, name, place }))
  })
  .map(({ country, countryIndex, name, place }, index) => ({
    index,
    country,
    countryIndex,
    name,
    standing: BIG.has(country) && place === 0 ? 3 : place < 2 ? 2 : 1
  }))

const STARTS = (
  "Al Bar Bel Bor Bran Cal Car Cor Dal Dor Dun El Fal Far Gal Gar Hal Har Hol Il Jar Kal Kar Kel Kir Lan Lar Lin Lor Mal Mar Mel " +
  "Mir Mon Nar Nor Ol Or Pal Par Pel Per Por Ral Ros Sal San Sar Sel Sor Stal Tal Tar Tel Tor Ul Val Var Vel Vis War Wol Yar Zar Zel"
).split(" ")
const ENDS = (
  "ada aga ava berg bia borg burn by cester dale den dia dor field ford gard grad ham heim hill holm ia ico iga ina ita kova land lin " +
  "lund mere mont mouth na nia nik nov olia ona osa ova rad rica rin rith rova sk son stad stead stein sund thal ton tova una va vik ville voda wick worth zen"
).split(" ")
const ENDINGS = [
  "FC",
  "FC",
  "FC",
  "United",
  "Utd",
  "City",
  "Rovers",
  "Athletic",
  "Ath.",
  "SC",
  "FK",
  "CF",
  "Town",
  "Wanderers",
  "Sporting",
  "Rangers",
  "",
  "",
  "II"
]
