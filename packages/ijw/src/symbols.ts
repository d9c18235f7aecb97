export * from '@ijw/symbols';
