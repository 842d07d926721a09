import { create } from 'zustand'
import { client } from '../../rpc/client.ts'
import { isAbort } from '../../shell/error-words.ts'
import { notify } from '../../shell/notices.ts'
import { reportFailure } from '../../shell/report-failure.ts'

export interface Upload {
  name: string
  /** Null while the host checks what came. */
  ratio: number | null
  cancel: () => void
}

/** Files that a person dropped and that are being copied into Cortex's folder of models. */
export const useUploads = create<{ uploads: readonly Upload[] }>(() => ({ uploads: [] }))

const chunkBytes = 0x8000

/** Base64 of bytes, in pieces: a call takes only so many arguments. */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) binary += String.fromCharCode(...bytes.subarray(offset, offset + chunkBytes))
  return btoa(binary)
}

function setRatio(name: string, ratio: number | null): void {
  useUploads.setState(({ uploads }) => ({ uploads: uploads.map(upload => (upload.name === name ? { ...upload, ratio } : upload)) }))
}

/** Hands a file over part by part; the host says where it stands and checks it at the end. */
export async function uploadModel(file: File): Promise<void> {
  if (useUploads.getState().uploads.some(({ name }) => name === file.name)) return
  const stop = new AbortController()
  let uploadId: string | null = null
  useUploads.setState(({ uploads }) => ({ uploads: [...uploads, { name: file.name, ratio: 0, cancel: () => stop.abort() }] }))
  try {
    const begun = await client.library.beginUpload({ name: file.name, sizeBytes: file.size }, { signal: stop.signal })
    uploadId = begun.uploadId
    for (let offset = 0; offset < file.size; ) {
      const bytes = new Uint8Array(await file.slice(offset, offset + begun.partBytes).arrayBuffer())
      const { receivedBytes } = await client.library.uploadPart({ uploadId, offset, base64: toBase64(bytes) }, { signal: stop.signal })
      offset = receivedBytes
      setRatio(file.name, offset / file.size)
    }
    setRatio(file.name, null)
    await client.library.endUpload({ uploadId }, { signal: stop.signal })
  } catch (failure) {
    if (uploadId !== null) void client.library.cancelUpload({ uploadId }).catch(() => undefined)
    if (!stop.signal.aborted && !isAbort(failure)) reportFailure(failure)
  } finally {
    useUploads.setState(({ uploads }) => ({ uploads: uploads.filter(({ name }) => name !== file.name) }))
  }
}

/** Files of other kinds are said to be so, and nothing is done with them. */
export function uploadAll(files: readonly File[]): void {
  const models = files.filter(({ name }) => name.toLowerCase().endsWith('.gguf'))
  for (const file of models) void uploadModel(file)
  if (models.length < files.length) notify({ tone: 'warn', text: 'Only GGUF files, whose names end in .gguf, can be added as models.' })
}
