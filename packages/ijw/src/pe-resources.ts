export * from '@ijw/pe/resources';
