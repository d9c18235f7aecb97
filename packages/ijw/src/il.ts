export * from '@ijw/il';
