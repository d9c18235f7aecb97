export * from '@ijw/machine/instructions';
