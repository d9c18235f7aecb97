export * from '@ijw/pe/exports';
