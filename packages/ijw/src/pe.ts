export * from '@ijw/pe';
