export * from '@ijw/deployment/native';
