export * from '@ijw/pe/containers';
