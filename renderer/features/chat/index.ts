import { MessageSquare, MessageSquarePlus, Square, TextSelect } from 'lucide-react'
import { useActiveEditor } from '../../shell/active-editor.ts'
import type { Feature } from '../../shell/feature.ts'
import { useSession } from '../../shell/session.ts'
import { attachSelection, focusChat, startConversation, stopAnswer } from './chat-actions.ts'
import { ChatPanel } from './chat-panel.tsx'
import { followChat, isAnswering, useChat } from './chat-store.ts'
import { ChatActions } from './conversation-list.tsx'

const needsFolder = (): true | string => (useSession.getState().workspace ? true : 'Open a folder first.')

export const chatFeature: Feature = {
  id: 'chat',
  rightViews: [{ id: 'chat', title: 'Chat', component: ChatPanel, actions: ChatActions }],
  onWorkspace: followChat,
  commands: [
    { id: 'chat.focus', title: 'Go to chat', category: 'Chat', icon: MessageSquare, keys: ['Ctrl+L', 'Ctrl+Alt+I'], run: focusChat },
    { id: 'chat.new', title: 'Start a new conversation', category: 'Chat', icon: MessageSquarePlus, keys: ['Ctrl+Alt+L'], canRun: needsFolder, run: startConversation },
    {
      id: 'chat.stop',
      title: 'Stop the answer',
      category: 'Chat',
      icon: Square,
      canRun: () => (isAnswering(useChat.getState()) ? true : 'No answer is being written.'),
      run: stopAnswer,
    },
    {
      id: 'chat.attachSelection',
      title: 'Add the selection to the chat',
      category: 'Chat',
      icon: TextSelect,
      keys: ['Ctrl+Shift+L', 'Alt+Shift+L'],
      canRun: () => (useActiveEditor.getState().editor?.readSelection() ? true : 'Nothing is selected in the editor.'),
      run: attachSelection,
    },
  ],
}
