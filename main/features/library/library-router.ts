import { implement } from '@orpc/server'
import { library as contract } from '#shared/contract/library.ts'
import type { LibraryService } from './library-service.ts'
import { readTensorPage } from './model-details.ts'
import { uploadPartBytes } from './uploads.ts'

export function libraryRouter(service: LibraryService) {
  const os = implement(contract)
  return os.router({
    watch: os.watch.handler(({ signal }) => service.watch(signal)),
    catalogue: os.catalogue.handler(() => service.catalogue()),
    fit: os.fit.handler(({ input }) => service.fit(input.entryId, input.quantization, input.contextTokens ?? null)),
    compare: os.compare.handler(({ input }) => service.compare(input.models)),
    details: os.details.handler(({ input }) => service.details(input)),
    tensors: os.tensors.handler(({ input }) => readTensorPage(input.path, input)),
    scan: os.scan.handler(({ input, signal }) => service.scan(input.folder ?? null, signal)),
    add: os.add.handler(({ input }) => service.add(input.paths)),
    addFolder: os.addFolder.handler(({ input }) => service.addFolder(input.path)),
    removeFolder: os.removeFolder.handler(({ input }) => service.removeFolder(input.path)),
    deleteFiles: os.deleteFiles.handler(async ({ input }) => ({ freedBytes: await service.deleteFiles(input.modelId) })),
    beginUpload: os.beginUpload.handler(async ({ input }) => ({ uploadId: await service.uploads.begin(input.name, input.sizeBytes), partBytes: uploadPartBytes })),
    uploadPart: os.uploadPart.handler(async ({ input }) => ({ receivedBytes: await service.uploads.add(input.uploadId, input.offset, Buffer.from(input.base64, 'base64')) })),
    endUpload: os.endUpload.handler(({ input }) => service.endUpload(input.uploadId)),
    cancelUpload: os.cancelUpload.handler(({ input }) => service.uploads.cancel(input.uploadId)),
    pack: os.pack.handler(({ input, signal }) => service.pack(input.modelIds, input.folder, signal)),
    unpack: os.unpack.handler(({ input, signal }) => service.unpack(input.folder, signal)),
  })
}
