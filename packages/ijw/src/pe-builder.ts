export * from '@ijw/pe/builder';
