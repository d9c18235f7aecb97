export * from '@ijw/il/native';
