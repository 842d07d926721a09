import type { Feature } from '../shell/feature.ts'
import { chatFeature } from './chat/index.ts'
import { editorFeature } from './editor/index.ts'
import { linksFeature } from './links/index.ts'

/** Every feature of the window, in the order of the rail. */
export const features: readonly Feature[] = [editorFeature, chatFeature, linksFeature]
