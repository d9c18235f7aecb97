export * from '@ijw/nano';
