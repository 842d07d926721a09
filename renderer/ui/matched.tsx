/** Text with the characters a search matched set off by weight. */
export function Matched({ text, matches }: { text: string; matches: readonly number[] }) {
  if (matches.length === 0) return text
  const hits = new Set(matches)
  const runs: { text: string; isHit: boolean }[] = []
  for (const [index, character] of [...text].entries()) {
    const last = runs.at(-1)
    if (last?.isHit === hits.has(index)) last.text += character
    else runs.push({ text: character, isHit: hits.has(index) })
  }
  return runs.map((run, index) =>
    run.isHit ? (
      <b key={index} className="font-strong text-accent">
        {run.text}
      </b>
    ) : (
      run.text
    ),
  )
}
