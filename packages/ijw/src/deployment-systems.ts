export * from '@ijw/deployment/systems';
