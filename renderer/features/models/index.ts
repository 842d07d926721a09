import { Cpu } from 'lucide-react'
import { useEngine, watchEngine } from '../../rpc/engine.ts'
import type { Feature } from '../../shell/feature.ts'
import { openModels } from './open-models.ts'
import { openPicker, runLoad, unloadModel } from './model-actions.ts'
import { ModelsPage } from './models-page.tsx'
import { ContextStatus, ModelStatus } from './model-status.tsx'

export const modelsFeature: Feature = {
  id: 'models',
  statusItems: [
    { id: 'models.model', side: 'right', order: 10, component: ModelStatus },
    { id: 'models.context', side: 'right', order: 20, component: ContextStatus },
  ],
  pages: [{ kind: 'models', icon: Cpu, component: ModelsPage }],
  railPages: [{ command: 'models.open', page: 'models' }],
  onWorkspace: watchEngine,
  commands: [
    { id: 'models.open', title: 'Open models', category: 'View', icon: Cpu, run: openModels },
    { id: 'models.pick', title: 'Choose a model', category: 'Model', icon: Cpu, keys: ['Ctrl+Alt+M'], run: openPicker },
    { id: 'models.load', title: 'Load model', category: 'Model', isInPalette: false, run: runLoad },
    {
      id: 'models.unload',
      title: 'Unload the model',
      category: 'Model',
      canRun: () => (useEngine.getState().engine?.status === 'empty' ? 'No model is loaded.' : true),
      run: unloadModel,
    },
  ],
}
