export * from '@ijw/loader';
