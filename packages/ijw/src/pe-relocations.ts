export * from '@ijw/pe/relocations';
