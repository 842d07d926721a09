import { expect, test } from 'vitest'
import { sizeWords } from './size-words.ts'

test('sizes are said in powers of 1,000, with three figures', () => {
  expect([0, 999, 1500, 9_012_345, 98_362_432, 144_800_000, 999_400_000, 999_960_000, 4_683_073_536, 2e13].map(sizeWords)).toEqual(['0 bytes', '999 bytes', '1.5 kB', '9.0 MB', '98.4 MB', '145 MB', '999 MB', '1.0 GB', '4.7 GB', '20.0 TB'])
})
