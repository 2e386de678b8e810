/** Full-time result of every match at every bookmaker, a row drawn only when something of its match has changed. */
import { memo } from "react"
import type { GridOffer, OddsView, Row } from "oddswire/client"

const MARKET = "1x2_ft"

export const Grid = ({ rows, bookmakers }: OddsView) => (
  <table>
    <thead>
      <tr>
        <th>Kickoff</th>
        <th>Match</th>
        {[...bookmakers.values()].map(({ id, name, state }) => (
          <th key={id} className={state}>
            {name}
          </th>
        ))}
        <th>Our edge</th>
      </tr>
    </thead>
    <tbody>
      {rows.map((row) => (
        <Match key={row.event.id} row={row} ids={[...bookmakers.keys()].join()} />
      ))}
    </tbody>
  </table>
)

const Match = memo(({ row, ids }: { readonly row: Row; readonly ids: string }) => {
  const edges = row.comparisons.get(MARKET)?.best.flatMap(({ ourEdge }) => ourEdge ?? []) ?? []
  const edge = edges.length === 0 ? undefined : Math.max(...edges)
  return (
    <tr id={`event-${row.event.id}`}>
      <td>{new Date(row.event.kickoff).toLocaleString()}</td>
      <td>
        {row.event.home} – {row.event.away}
      </td>
      {ids.split(",").map((id) => (
        <Prices key={id} offer={row.offers.get(`${id}/${MARKET}`)} />
      ))}
      <td className={edge !== undefined && edge < 0 ? "behind" : ""}>
        {edge === undefined ? "–" : `${(edge * 100).toFixed(1)} %`}
      </td>
    </tr>
  )
})

const Prices = ({ offer }: { readonly offer: GridOffer | undefined }) => (
  <td className={offer?.state} title={offer?.reason?.text}>
    {offer?.outcomes.map(({ price }) => price ?? "–").join("  ") ?? "–"}
  </td>
)
