import { describe, expect, it } from 'vitest'
import { rankFiles } from './rank-files.ts'

const inFolder = { path: 'src/track/smooth.ts', matches: [4, 5, 6, 7, 8] }
const within = { path: 'src/track/parse-track.ts', matches: [4, 5, 6, 7, 8] }
const atStart = { path: 'src/track/track.ts', matches: [4, 5, 6, 7, 8] }
const paths = (typed: string, recent: string[] = []): string[] => rankFiles([inFolder, within, atStart], typed, recent).map(file => file.path)

describe('rankFiles', () => {
  it('puts what the name begins with first, what it holds next and what only the folder holds last', () => {
    expect(paths('track')).toEqual([atStart.path, within.path, inFolder.path])
  })

  it('moves a file that was opened before only among those that match as well', () => {
    expect(paths('track', [inFolder.path])).toEqual([atStart.path, within.path, inFolder.path])
    const other = { path: 'src/track/read-track-points.ts', matches: [4, 5, 6, 7, 8] }
    expect(rankFiles([within, other], 'track', [other.path]).map(file => file.path)).toEqual([other.path, within.path])
  })

  it('goes by the length of the name among equals', () => {
    const longer = { path: 'src/track/track-points.ts', matches: [4, 5, 6, 7, 8] }
    expect(rankFiles([longer, atStart], 'track', [])[0]).toBe(atStart)
  })
})
