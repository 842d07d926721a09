/** Text with the characters a search matched set off; `matches` are indexes into `text`. */
export function Matched({ text, matches }: { text: string; matches: readonly number[] }) {
  if (matches.length === 0) return text
  const hits = new Set(matches)
  const runs: { text: string; isHit: boolean }[] = []
  for (let index = 0; index < text.length; index += 1) {
    const last = runs.at(-1)
    if (last?.isHit === hits.has(index)) last.text += text.charAt(index)
    else runs.push({ text: text.charAt(index), isHit: hits.has(index) })
  }
  return runs.map((run, index) =>
    run.isHit ? (
      <mark key={index} className="rounded-[2px] bg-match text-current">
        {run.text}
      </mark>
    ) : (
      run.text
    ),
  )
}
