export * from '@ijw/pe/symbols';
