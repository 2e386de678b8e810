/** The example's grid with all three hooks in one component, which counts its commits frame by frame. */
import { useLayoutEffect } from "react"
import { createRoot } from "react-dom/client"
import { createClient } from "oddswire/client"
import { OddswireProvider, useConnection, useOdds, useScrapeProgress } from "oddswire/client/react"
import { Grid } from "../../../scripts/examples/page/Grid.tsx"

let frame = 0
const commits: number[] = []

// Asked for within a frame, so it is the first thing of the next one: a commit lies between two of these.
const count = (): void => {
  frame += 1
  requestAnimationFrame(count)
}
requestAnimationFrame(count)

const Page = () => {
  const odds = useOdds()
  const { status } = useConnection()
  const { progress } = useScrapeProgress()
  useLayoutEffect(() => {
    commits[frame] = (commits[frame] ?? 0) + 1
    document.body.dataset["frames"] = String(frame)
    document.body.dataset["commits"] = String(commits.reduce((sum, n) => sum + n, 0))
    document.body.dataset["most"] = String(commits.reduce((most, n) => Math.max(most, n), 0))
  })
  return (
    <>
      <p id="status">
        {status} {progress?.current}
      </p>
      <Grid {...odds} />
    </>
  )
}

const url = new URLSearchParams(location.search).get("api") ?? ""
const element = document.getElementById("page")
if (element !== null) {
  createRoot(element).render(
    <OddswireProvider client={createClient({ url })}>
      <Page />
    </OddswireProvider>
  )
}
