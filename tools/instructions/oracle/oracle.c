/* Runs one instruction after another on the real processor: cases from standard input, what became of them to standard output.
 * gcc -O1 -o oracle oracle.c, and the same with -m32. A case is a struct Case; the result is the same struct, changed.
 * The data pages lie at DATA, two of them writable, with nothing before and behind; bytes of `memory` lie at DATA + MEMORY. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#ifdef __x86_64__
#define REGISTERS 16
#define CODE 0x160000000ul
#define DATA 0x150000000ul
#else
#define REGISTERS 8
#define CODE 0x60000000ul
#define DATA 0x50000000ul
#endif
#define MEMORY 0xf80
#define PAGES 0x2000

struct Case {
  uint8_t length;
  uint8_t signal; /* 0, or the signal that ended it */
  uint8_t code[22];
  uint64_t address; /* of the fault */
  uint64_t registers[16];
  uint64_t flags;
  uint64_t next; /* not used */
  uint8_t fx[512];
  uint8_t memory[256];
} __attribute__((aligned(16)));

struct Case state __attribute__((aligned(16)));
static sigjmp_buf back;
uintptr_t hostStack;
void runCase(void);

#ifdef __x86_64__
__asm__(
  ".text\nrunCase:\n"
  "push %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\n"
  "mov %rsp, hostStack(%rip)\n"
  "fxrstor64 state+176(%rip)\n"
  "pushq state+160(%rip)\npopfq\n"
  "mov state+32(%rip), %rax\nmov state+40(%rip), %rcx\nmov state+48(%rip), %rdx\nmov state+56(%rip), %rbx\n"
  "mov state+72(%rip), %rbp\nmov state+80(%rip), %rsi\nmov state+88(%rip), %rdi\n"
  "mov state+96(%rip), %r8\nmov state+104(%rip), %r9\nmov state+112(%rip), %r10\nmov state+120(%rip), %r11\n"
  "mov state+128(%rip), %r12\nmov state+136(%rip), %r13\nmov state+144(%rip), %r14\nmov state+152(%rip), %r15\n"
  "mov state+64(%rip), %rsp\n"
  "jmp *codeAddress(%rip)\n"
  ".globl finishCase\nfinishCase:\n"
  "mov %rax, state+32(%rip)\nmov %rcx, state+40(%rip)\nmov %rdx, state+48(%rip)\nmov %rbx, state+56(%rip)\n"
  "mov %rsp, state+64(%rip)\nmov %rbp, state+72(%rip)\nmov %rsi, state+80(%rip)\nmov %rdi, state+88(%rip)\n"
  "mov %r8, state+96(%rip)\nmov %r9, state+104(%rip)\nmov %r10, state+112(%rip)\nmov %r11, state+120(%rip)\n"
  "mov %r12, state+128(%rip)\nmov %r13, state+136(%rip)\nmov %r14, state+144(%rip)\nmov %r15, state+152(%rip)\n"
  "mov hostStack(%rip), %rsp\n"
  "pushfq\npopq state+160(%rip)\n"
  "fxsave64 state+176(%rip)\n"
  "pushq $0x202\npopfq\n"
  "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop %rbx\nret\n");
#else
__asm__(
  ".text\nrunCase:\n"
  "push %ebx\npush %ebp\npush %esi\npush %edi\n"
  "mov %esp, hostStack\n"
  "fxrstor state+176\n"
  "pushl state+160\npopfl\n"
  "mov state+32, %eax\nmov state+40, %ecx\nmov state+48, %edx\nmov state+56, %ebx\n"
  "mov state+72, %ebp\nmov state+80, %esi\nmov state+88, %edi\nmov state+64, %esp\n"
  "jmp *codeAddress\n"
  ".globl finishCase\nfinishCase:\n"
  "mov %eax, state+32\nmov %ecx, state+40\nmov %edx, state+48\nmov %ebx, state+56\n"
  "mov %esp, state+64\nmov %ebp, state+72\nmov %esi, state+80\nmov %edi, state+88\n"
  "mov hostStack, %esp\n"
  "pushfl\npopl state+160\n"
  "fxsave state+176\n"
  "pushl $0x202\npopfl\n"
  "pop %edi\npop %esi\npop %ebp\npop %ebx\nret\n");
#endif
uintptr_t codeAddress = CODE;
extern void finishCase(void);

static void onSignal(int number, siginfo_t *info, void *raw) {
  ucontext_t *context = raw;
  greg_t *g = context->uc_mcontext.gregs;
#ifdef __x86_64__
  static const int order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
  memcpy(state.fx, context->uc_mcontext.fpregs, 512);
#else
  static const int order[8] = {REG_EAX, REG_ECX, REG_EDX, REG_EBX, REG_ESP, REG_EBP, REG_ESI, REG_EDI};
#endif
  for (int i = 0; i < REGISTERS; i++) state.registers[i] = (uintptr_t)g[order[i]];
  state.flags = (uint32_t)g[REG_EFL];
  state.signal = number;
  /* 13: general protection has no address. */
  state.address = g[REG_TRAPNO] == 14 ? (uintptr_t)info->si_addr : 0;
  siglongjmp(back, 1);
}

static void writeCode(uint8_t *code) {
  memcpy(code, state.code, state.length);
  uint8_t *end = code + state.length;
#ifdef __x86_64__
  static const uint8_t jump[6] = {0xff, 0x25, 0, 0, 0, 0};
  memcpy(end, jump, 6);
  uintptr_t target = (uintptr_t)finishCase;
  memcpy(end + 6, &target, 8);
#else
  end[0] = 0xe9;
  int32_t distance = (uint8_t *)finishCase - (end + 5);
  memcpy(end + 1, &distance, 4);
#endif
}

int main(void) {
  uint8_t *code = mmap((void *)CODE, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  uint8_t *data = mmap((void *)DATA, PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  static uint8_t signalStack[65536];
  stack_t alternative = {.ss_sp = signalStack, .ss_size = sizeof signalStack};
  if (code == MAP_FAILED || data == MAP_FAILED || sigaltstack(&alternative, 0)) return 1;
  struct sigaction action = {.sa_sigaction = onSignal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
  const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
  for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, 0);
  while (fread(&state, sizeof state, 1, stdin) == 1) {
    memset(data, 0, PAGES);
    memcpy(data + MEMORY, state.memory, sizeof state.memory);
    writeCode(code);
    state.signal = 0;
    if (!sigsetjmp(back, 0)) runCase();
    memcpy(state.memory, data + MEMORY, sizeof state.memory);
    if (fwrite(&state, sizeof state, 1, stdout) != 1) return 1;
  }
  return 0;
}
