export * from '@ijw/marshalling';
