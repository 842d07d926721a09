import { expect, it } from 'vitest'
import { AppError } from '#shared/errors.ts'
import { changeIfRoom } from './change-if-room.ts'

it('lets what a person asked for go on where the database cannot keep a convenience, and hides no other fault', () => {
  const failWith = (error: Error) => () => changeIfRoom(() => {
    throw error
  })
  expect(failWith(new AppError('STORAGE_FULL', { path: '/x' }))).not.toThrow()
  expect(failWith(new AppError('STORAGE_DAMAGED', { path: '/x' }))).not.toThrow()
  expect(failWith(new AppError('FILE_NOT_FOUND', { path: '/x' }))).toThrow('FILE_NOT_FOUND')
  expect(failWith(new TypeError('x'))).toThrow(TypeError)
})
