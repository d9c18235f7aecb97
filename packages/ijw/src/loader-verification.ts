export * from '@ijw/loader/verification';
