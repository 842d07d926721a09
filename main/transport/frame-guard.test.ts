import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readFrame } from './frame-guard.ts'

const request = { i: '1', p: { u: '/app/info' } }

test('lets the frames of our own client pass', () => {
  for (const frame of [request, { ...request, t: 1 }, { i: 7, t: 4 }, { i: 'a', p: { u: '/x', b: { json: 1 }, h: { 'last-event-id': '3' }, m: 'GET' } }]) expect(readFrame(JSON.stringify(frame))).toEqual(frame)
})

const refused: unknown[][] = [
  [null], [undefined], [5], [{}], [request], [new Uint8Array(3)], [''], ['{'], ['null'], ['[]'], ['5'],
  ...[{ p: request.p }, { i: '', p: request.p }, { i: 'x'.repeat(65), p: request.p }, { i: 1.5, p: request.p }, { i: '1' }, { i: '1', p: 5 }, { i: '1', p: { u: 5 } }, { i: '1', p: { u: 'http://a' } }, { i: '1', p: { u: `/${'x'.repeat(1024)}` } }, { i: '1', p: { u: '/x', m: 'PUT' } }, { i: '1', p: { u: '/x', h: [] } }, { i: '1', p: { u: '/x', h: { a: 1 } } }, { i: '1', t: 2, p: request.p }, { i: '1', t: 3, p: {} }].map(frame => [JSON.stringify(frame)]),
]

test.each(refused)('drops %j', data => {
  expect(readFrame(data)).toBeNull()
})

test('never throws, whatever comes', () => {
  fc.assert(fc.property(fc.oneof(fc.anything(), fc.string(), fc.json()), data => void readFrame(data)))
})
