/**
 * A page on `oddswire/client`: `?api=ws://127.0.0.1:4000/graphql` says where to, by default where it was served from.
 */
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { createClient } from "oddswire/client"
import { OddswireProvider, useConnection, useOdds, useScrapeProgress } from "oddswire/client/react"
import { Grid } from "./Grid.tsx"

const Page = () => {
  const odds = useOdds()
  return (
    <>
      <Bar />
      <Grid {...odds} />
    </>
  )
}

/** How far what is below can be trusted: always in sight. */
const Bar = () => {
  const { status, reason, ageMs, server } = useConnection()
  const { progress } = useScrapeProgress()
  return (
    <p id="bar">
      <b id="status">{status}</b> {reason} {server?.world}, as of{" "}
      <span id="age">{ageMs === undefined ? "–" : Math.round(ageMs / 1_000)}</span> s ago.{" "}
      {progress !== null && `${progress.message} (${progress.current} of ${progress.total})`}
    </p>
  )
}

const url =
  new URLSearchParams(location.search).get("api") ?? new URL("/graphql", location.href).href.replace("http", "ws")
const element = document.getElementById("page")
if (element !== null) {
  createRoot(element).render(
    <StrictMode>
      <OddswireProvider client={createClient({ url })}>
        <Page />
      </OddswireProvider>
    </StrictMode>
  )
}
