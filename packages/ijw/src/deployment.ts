export * from '@ijw/deployment';
