export * from '@ijw/assembly/open';
