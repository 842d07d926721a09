import { implement } from '@orpc/server'
import { chat as contract } from '#shared/contract/chat.ts'
import type { ChatService } from './chat-service.ts'

export function chatRouter(service: ChatService) {
  const os = implement(contract)
  const { conversations } = service
  return os.router({
    create: os.create.handler(({ input }) => conversations.create(input.workspaceId)),
    rename: os.rename.handler(({ input }) => conversations.rename(input)),
    delete: os.delete.handler(({ input }) => conversations.delete(input)),
    drafts: os.drafts.handler(({ input }) => conversations.drafts(input.workspaceId)),
    keepDraft: os.keepDraft.handler(({ input }) => conversations.keepDraft(input)),
    watchList: os.watchList.handler(({ input, signal }) => conversations.watchList(input.workspaceId, signal)),
    watch: os.watch.handler(({ input, signal }) => conversations.watch(input, signal)),
    measure: os.measure.handler(({ input, signal }) => service.measure(input, signal)),
    send: os.send.handler(({ input, signal }) => service.send(input, signal)),
    retry: os.retry.handler(({ input, signal }) => service.retry(input, signal)),
    stop: os.stop.handler(({ input }) => service.stop(input)),
    ask: os.ask.handler(({ input, signal }) => service.ask(input, signal)),
  })
}
