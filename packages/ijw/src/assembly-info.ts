export * from '@ijw/assembly/info';
