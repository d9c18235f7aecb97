export * from '@ijw/pe/exceptions';
