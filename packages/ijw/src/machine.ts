export * from '@ijw/machine';
