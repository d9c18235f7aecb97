import type { Architecture } from '../architecture.ts';
import { arm64 } from '../arm64/arm64.ts';
import type { ProcessorModel } from '../processor/processor.ts';
import { x64 } from '../x86/x64.ts';
import { x86 } from '../x86/x86.ts';

const MODELS: Readonly<Record<Architecture, ProcessorModel>> = { x86, x64, arm64 };

export const processorFor = (architecture: Architecture): ProcessorModel => MODELS[architecture];
