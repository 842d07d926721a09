import { beforeEach, describe, expect, it } from 'vitest'
import { Documents } from './documents.ts'
import { documentOf, useDocuments } from './document-state.ts'
import { FakeFilesDoor } from './fake-files-door.ts'
import { fakeBuffers } from './fake-text-buffer.ts'

async function setUp(text = 'one') {
  const door = new FakeFilesDoor()
  door.put('a.ts', text)
  const buffers = fakeBuffers()
  const documents = new Documents({ door, makeBuffer: buffers.make, saveRules: () => ({ trimTrailingWhitespace: false, insertFinalNewline: false }) })
  await documents.open('a.ts')
  return { door, buffers, documents, buffer: buffers.of('a.ts') }
}

/** A new page on the same host. */
function restart(door: FakeFilesDoor) {
  useDocuments.setState({ documents: new Map(), kept: new Set() })
  const buffers = fakeBuffers()
  const documents = new Documents({ door, makeBuffer: buffers.make, saveRules: () => ({ trimTrailingWhitespace: false, insertFinalNewline: false }) })
  return { documents, buffers }
}

describe('open documents', () => {
  beforeEach(() => useDocuments.setState({ documents: new Map(), kept: new Set() }))

  it('is dirty after a change, clean after the undo, and clean after a save that undo can cross', async () => {
    const { documents, buffer, door } = await setUp()
    buffer.replace('two')
    expect(documentOf('a.ts')?.isDirty).toBe(true)
    buffer.undo()
    expect(documentOf('a.ts')?.isDirty).toBe(false)
    buffer.replace('two')
    expect(await documents.save('a.ts')).toBe(true)
    expect([documentOf('a.ts')?.isDirty, door.disk.get('a.ts')?.text]).toEqual([false, 'two'])
    buffer.undo()
    expect([documentOf('a.ts')?.isDirty, buffer.read()]).toEqual([true, 'one'])
  })

  it('follows the disk while clean, and undo leads back', async () => {
    const { documents, buffer, door } = await setUp()
    door.put('a.ts', 'theirs')
    await documents.checkDisk('a.ts')
    expect([buffer.read(), documentOf('a.ts')?.isDirty]).toEqual(['theirs', false])
    buffer.undo()
    expect(buffer.read()).toBe('one')
  })

  it('keeps what was typed when the file changes meanwhile, and says so', async () => {
    const { documents, buffer, door } = await setUp()
    buffer.replace('mine')
    door.put('a.ts', 'theirs')
    await documents.checkDisk('a.ts')
    expect([buffer.read(), documentOf('a.ts')?.conflict]).toEqual(['mine', 'changed'])
    documents.keepMine('a.ts')
    expect(await documents.save('a.ts')).toBe(true)
    expect(door.disk.get('a.ts')?.text).toBe('mine')
  })

  it('takes theirs on the person\'s word, and undo brings mine back', async () => {
    const { documents, buffer, door } = await setUp()
    buffer.replace('mine')
    door.put('a.ts', 'theirs')
    await documents.checkDisk('a.ts')
    await documents.takeTheirs('a.ts')
    expect([buffer.read(), documentOf('a.ts')?.conflict, documentOf('a.ts')?.isDirty]).toEqual(['theirs', 'none', false])
    buffer.undo()
    expect(buffer.read()).toBe('mine')
  })

  it('shows the same bar when the save finds out first', async () => {
    const { documents, buffer, door } = await setUp()
    buffer.replace('mine')
    door.put('a.ts', 'theirs')
    expect(await documents.save('a.ts')).toBe(false)
    expect([documentOf('a.ts')?.conflict, documentOf('a.ts')?.theirs?.text, door.disk.get('a.ts')?.text]).toEqual(['changed', 'theirs', 'theirs'])
  })

  it('stays when the file is deleted, and saving writes it again', async () => {
    const { documents, buffer, door } = await setUp()
    buffer.replace('mine')
    door.disk.delete('a.ts')
    await documents.checkDisk('a.ts')
    expect([documentOf('a.ts')?.conflict, buffer.read()]).toEqual(['deleted', 'mine'])
    expect(await documents.save('a.ts')).toBe(true)
    expect([documentOf('a.ts')?.conflict, door.disk.get('a.ts')?.text]).toEqual(['none', 'mine'])
  })

  it('keeps the text when the disk is full, says so, and saves once there is room', async () => {
    const { documents, buffer, door } = await setUp()
    buffer.replace('mine')
    door.isFull = true
    expect(await documents.save('a.ts')).toBe(false)
    expect(documentOf('a.ts')).toMatchObject({ isDirty: true, saveFailure: { code: 'DISK_FULL' } })
    await documents.flush()
    expect(documentOf('a.ts')?.keepFailure).toMatchObject({ code: 'STORAGE_FULL' })
    door.isFull = false
    expect(await documents.save('a.ts')).toBe(true)
    expect(documentOf('a.ts')).toMatchObject({ isDirty: false, saveFailure: null })
  })

  it('brings unsaved text back after the page died, with its dirty mark', async () => {
    const { documents, buffer, door } = await setUp()
    buffer.replace('mine')
    await documents.flush()
    const next = restart(door)
    await next.documents.restore()
    expect(useDocuments.getState().kept).toEqual(new Set(['a.ts']))
    await next.documents.open('a.ts')
    expect([next.buffers.of('a.ts').read(), documentOf('a.ts')?.isDirty, documentOf('a.ts')?.conflict]).toEqual(['mine', true, 'none'])
    next.buffers.of('a.ts').undo()
    expect([next.buffers.of('a.ts').read(), documentOf('a.ts')?.isDirty]).toEqual(['one', false])
  })

  it('brings it back too when the file changed or went meanwhile', async () => {
    const { documents, buffer, door } = await setUp()
    buffer.replace('mine')
    await documents.flush()
    door.put('a.ts', 'theirs')
    const changed = restart(door)
    await changed.documents.restore()
    await changed.documents.open('a.ts')
    expect([changed.buffers.of('a.ts').read(), documentOf('a.ts')?.conflict, documentOf('a.ts')?.theirs?.text]).toEqual(['mine', 'changed', 'theirs'])
    door.disk.delete('a.ts')
    const gone = restart(door)
    await gone.documents.restore()
    await gone.documents.open('a.ts')
    expect([gone.buffers.of('a.ts').read(), documentOf('a.ts')?.conflict, documentOf('a.ts')?.isDirty]).toEqual(['mine', 'deleted', true])
  })

  it('forgets kept text after a save, after an undo to clean, and on the person\'s word', async () => {
    const { documents, buffer, door } = await setUp()
    buffer.replace('mine')
    await documents.flush()
    expect(door.kept.size).toBe(1)
    await documents.save('a.ts')
    await expect.poll(() => door.kept.size).toBe(0)
    buffer.replace('more')
    await documents.flush()
    buffer.undo()
    await expect.poll(() => door.kept.size).toBe(0)
    buffer.replace('again')
    await documents.flush()
    await documents.forget('a.ts')
    expect([door.kept.size, documentOf('a.ts')]).toEqual([0, undefined])
  })

  it('keeps unsaved text of a tab that goes away without a word', async () => {
    const { documents, buffer, door } = await setUp()
    buffer.replace('mine')
    await documents.release('a.ts')
    expect([door.kept.get('a.ts')?.text, buffer.isDisposed]).toEqual(['mine', true])
  })

  it('keeps a buffer without a file and gives the next one another number', async () => {
    const { documents, buffers, door } = await setUp()
    expect(documents.nextUntitled()).toBe('untitled:1')
    await documents.open('untitled:1')
    expect(documentOf('untitled:1')?.isDirty).toBe(false)
    buffers.of('untitled:1').replace('note')
    expect(documents.nextUntitled()).toBe('untitled:2')
    await documents.flush()
    expect(door.kept.get('untitled:1')).toMatchObject({ text: 'note', baseVersion: null })
    expect(await documents.saveAs('untitled:1', 'note.md')).toBe(true)
    expect(door.disk.get('note.md')?.text).toBe('note')
  })

  it('says why a file cannot be shown, and shows it once it can', async () => {
    const { documents, door } = await setUp()
    await documents.open('gone.ts')
    expect(documentOf('gone.ts')).toMatchObject({ status: 'failed', failure: { code: 'FILE_NOT_FOUND' } })
    door.put('gone.ts', 'here')
    await documents.checkDisk('gone.ts')
    await expect.poll(() => documentOf('gone.ts')?.status).toBe('ready')
  })

  it('goes along when a folder moves, with what is unsaved', async () => {
    const { documents, buffers, door } = await setUp()
    door.put('src/b.ts', 'b')
    await documents.open('src/b.ts')
    buffers.of('src/b.ts').replace('b2')
    door.disk.set('lib/b.ts', { text: 'b', version: 'x' })
    door.disk.delete('src/b.ts')
    expect(await documents.moved('src', 'lib')).toEqual([['src/b.ts', 'lib/b.ts']])
    expect([buffers.of('lib/b.ts').read(), documentOf('lib/b.ts')?.isDirty, documentOf('src/b.ts')]).toEqual(['b2', true, undefined])
  })

  it('takes along what is kept of a tab that was not shown yet, and what a tab left behind', async () => {
    const { documents, buffer, door } = await setUp()
    buffer.replace('mine')
    await documents.release('a.ts')
    await documents.open('a.ts')
    expect(documentOf('a.ts')).toMatchObject({ isDirty: true, conflict: 'none' })
    await documents.release('a.ts')
    door.disk.set('lib/a.ts', { text: 'one', version: door.disk.get('a.ts')?.version ?? '' })
    door.disk.delete('a.ts')
    expect(await documents.moved('a.ts', 'lib/a.ts')).toEqual([['a.ts', 'lib/a.ts']])
    expect([...door.kept.keys()]).toEqual(['lib/a.ts'])
    await documents.open('lib/a.ts')
    expect(documentOf('lib/a.ts')).toMatchObject({ isDirty: true, conflict: 'none' })
  })

  it('loses no unsaved text of a file that cannot be read again after it moved', async () => {
    const { documents, buffer, buffers, door } = await setUp()
    buffer.replace('mine')
    door.disk.delete('a.ts')
    await documents.moved('a.ts', 'lib/a.ts')
    expect([buffers.of('lib/a.ts').read(), documentOf('lib/a.ts')?.isDirty]).toEqual(['mine', true])
    await documents.flush()
    expect([...door.kept].map(([path, kept]) => [path, kept.text])).toEqual([['lib/a.ts', 'mine']])
  })

  it('keeps what is unsaved and touches nothing of the next folder once it was left', async () => {
    const { documents, buffer, door } = await setUp()
    buffer.replace('mine')
    const saving = documents.save('a.ts')
    const opening = documents.open('b.ts')
    await Promise.resolve()
    const left = documents.dispose()
    const next = restart(new FakeFilesDoor())
    const other = next.documents.open('a.ts')
    await Promise.all([saving, opening, left, other])
    expect(door.disk.get('a.ts')?.text).toBe('mine')
    expect([...useDocuments.getState().documents].map(([path, { status, isDirty }]) => [path, status, isDirty])).toEqual([['a.ts', 'failed', false]])
  })

  it('does not save a file whose bytes are not text', async () => {
    const { documents, door } = await setUp()
    door.put('bad.txt', 'a\ufffdb')
    await documents.open('bad.txt')
    expect([await documents.save('bad.txt'), door.disk.get('bad.txt')?.text]).toEqual([false, 'a\ufffdb'])
  })

  it('trims and ends the text as the settings say', async () => {
    const { door, buffers } = await setUp()
    const documents = new Documents({ door, makeBuffer: buffers.make, saveRules: () => ({ trimTrailingWhitespace: true, insertFinalNewline: true }) })
    door.put('t.ts', 'a  ')
    await documents.open('t.ts')
    buffers.of('t.ts').replace('a  \nb\t')
    await documents.save('t.ts')
    expect(door.disk.get('t.ts')?.text).toBe('a\nb\n')
  })
})
