/* Answers what one arm64 instruction does: reads cases (arm64-case.ts has the layout) from standard input, writes them with the state afterwards.
   aarch64-linux-gnu-gcc -O1 -static -Wl,--defsym,codePage=0x2000000 -o arm64-oracle arm64-oracle.c; qemu-aarch64 -cpu neoverse-n1 arm64-oracle */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

enum { CODE = 0x2000000, DATA = 0x5000000, PAGES = 0x2000, MEMORY = 0xf80 };

struct Case {
  uint32_t word, signal;
  uint64_t address, x[31], sp, nzcv, unused;
  uint8_t v[512], memory[256];
};
struct Case state;
uint64_t saved[2];
static sigjmp_buf back;

void runCase(void);
void finishCase(void);
__asm__(
  ".text\n.global runCase\nrunCase:\n"
  "stp x29, x30, [sp, #-160]!\nstp x19, x20, [sp, #16]\nstp x21, x22, [sp, #32]\nstp x23, x24, [sp, #48]\nstp x25, x26, [sp, #64]\nstp x27, x28, [sp, #80]\n"
  "stp d8, d9, [sp, #96]\nstp d10, d11, [sp, #112]\nstp d12, d13, [sp, #128]\nstp d14, d15, [sp, #144]\n"
  "adrp x10, saved\nadd x10, x10, :lo12:saved\nmov x9, sp\nmrs x11, tpidr_el0\nstp x9, x11, [x10]\n"
  "adrp x30, state\nadd x30, x30, :lo12:state\nadd x9, x30, #288\nmsr fpcr, xzr\n"
  "ldp q0, q1, [x9], #32\nldp q2, q3, [x9], #32\nldp q4, q5, [x9], #32\nldp q6, q7, [x9], #32\nldp q8, q9, [x9], #32\nldp q10, q11, [x9], #32\n"
  "ldp q12, q13, [x9], #32\nldp q14, q15, [x9], #32\nldp q16, q17, [x9], #32\nldp q18, q19, [x9], #32\nldp q20, q21, [x9], #32\nldp q22, q23, [x9], #32\n"
  "ldp q24, q25, [x9], #32\nldp q26, q27, [x9], #32\nldp q28, q29, [x9], #32\nldp q30, q31, [x9], #32\n"
  "ldp x9, x10, [x30, #264]\nmov sp, x9\nmsr nzcv, x10\nclrex\n"
  "ldp x0, x1, [x30, #16]\nldp x2, x3, [x30, #32]\nldp x4, x5, [x30, #48]\nldp x6, x7, [x30, #64]\nldp x8, x9, [x30, #80]\nldp x10, x11, [x30, #96]\n"
  "ldp x12, x13, [x30, #112]\nldp x14, x15, [x30, #128]\nldp x16, x17, [x30, #144]\nldp x18, x19, [x30, #160]\nldp x20, x21, [x30, #176]\nldp x22, x23, [x30, #192]\n"
  "ldp x24, x25, [x30, #208]\nldp x26, x27, [x30, #224]\nldp x28, x29, [x30, #240]\nldr x30, [x30, #256]\nb codePage\n"
  ".global finishCase\nfinishCase:\n"
  "msr tpidr_el0, x30\nadrp x30, state\nadd x30, x30, :lo12:state\n"
  "stp x0, x1, [x30, #16]\nstp x2, x3, [x30, #32]\nstp x4, x5, [x30, #48]\nstp x6, x7, [x30, #64]\nstp x8, x9, [x30, #80]\nstp x10, x11, [x30, #96]\n"
  "stp x12, x13, [x30, #112]\nstp x14, x15, [x30, #128]\nstp x16, x17, [x30, #144]\nstp x18, x19, [x30, #160]\nstp x20, x21, [x30, #176]\nstp x22, x23, [x30, #192]\n"
  "stp x24, x25, [x30, #208]\nstp x26, x27, [x30, #224]\nstp x28, x29, [x30, #240]\nmrs x9, tpidr_el0\nmov x10, sp\nstp x9, x10, [x30, #256]\nmrs x9, nzcv\nstr x9, [x30, #272]\n"
  "add x9, x30, #288\n"
  "stp q0, q1, [x9], #32\nstp q2, q3, [x9], #32\nstp q4, q5, [x9], #32\nstp q6, q7, [x9], #32\nstp q8, q9, [x9], #32\nstp q10, q11, [x9], #32\n"
  "stp q12, q13, [x9], #32\nstp q14, q15, [x9], #32\nstp q16, q17, [x9], #32\nstp q18, q19, [x9], #32\nstp q20, q21, [x9], #32\nstp q22, q23, [x9], #32\n"
  "stp q24, q25, [x9], #32\nstp q26, q27, [x9], #32\nstp q28, q29, [x9], #32\nstp q30, q31, [x9], #32\n"
  "adrp x10, saved\nadd x10, x10, :lo12:saved\nldp x9, x11, [x10]\nmov sp, x9\nmsr tpidr_el0, x11\n"
  "ldp d8, d9, [sp, #96]\nldp d10, d11, [sp, #112]\nldp d12, d13, [sp, #128]\nldp d14, d15, [sp, #144]\n"
  "ldp x19, x20, [sp, #16]\nldp x21, x22, [sp, #32]\nldp x23, x24, [sp, #48]\nldp x25, x26, [sp, #64]\nldp x27, x28, [sp, #80]\nldp x29, x30, [sp], #160\nret\n");

static void onSignal(int number, siginfo_t *info, void *raw) {
  mcontext_t *context = &((ucontext_t *)raw)->uc_mcontext;
  memcpy(state.x, context->regs, sizeof state.x);
  state.sp = context->sp;
  state.nzcv = context->pstate & 0xf0000000;
  struct fpsimd_context *vectors = (struct fpsimd_context *)context->__reserved;
  if (vectors->head.magic == FPSIMD_MAGIC) memcpy(state.v, vectors->vregs, sizeof state.v);
  state.signal = number;
  state.address = number == SIGSEGV ? (uintptr_t)info->si_addr : 0;
  siglongjmp(back, 1);
}

int main(void) {
  uint32_t *code = mmap((void *)CODE, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  uint8_t *data = mmap((void *)DATA, PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  static uint8_t signalStack[65536];
  stack_t alternative = {.ss_sp = signalStack, .ss_size = sizeof signalStack};
  if (code == MAP_FAILED || data == MAP_FAILED || sigaltstack(&alternative, 0)) return 1;
  struct sigaction action = {.sa_sigaction = onSignal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
  const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP};
  for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, 0);
  code[1] = 0x14000000 | ((((uintptr_t)finishCase - (uintptr_t)(code + 1)) >> 2) & 0x3ffffff);
  while (fread(&state, sizeof state, 1, stdin) == 1) {
    memset(data, 0, PAGES);
    memcpy(data + MEMORY, state.memory, sizeof state.memory);
    code[0] = state.word;
    __builtin___clear_cache((char *)code, (char *)(code + 2));
    state.signal = 0;
    if (!sigsetjmp(back, 0)) runCase();
    memcpy(state.memory, data + MEMORY, sizeof state.memory);
    if (fwrite(&state, sizeof state, 1, stdout) != 1) return 1;
  }
  return 0;
}
