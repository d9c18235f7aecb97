/* Thirty functions that are compiled for the guest and natively: each takes a size and returns 64 bits. x86-programs.test.ts and arm64-programs.test.ts run them from start to return. */
typedef unsigned long long u64;
typedef long long i64;
typedef unsigned int u32;
typedef int i32;
typedef unsigned short u16;
typedef unsigned char u8;
typedef __SIZE_TYPE__ size;

#ifdef _WIN32
#define PROGRAM __declspec(dllexport) u64 __cdecl
#else
#define PROGRAM u64
#endif
#if defined(_WIN32) || defined(FREESTANDING)
void *memset(void *to, int value, size count) { u8 *p = to; while (count--) *p++ = (u8)value; return to; }
void *memcpy(void *to, const void *from, size count) { u8 *p = to; const u8 *q = from; while (count--) *p++ = *q++; return to; }
#endif

static u32 seed;
static u32 next(void) { seed = seed * 1664525u + 1013904223u; return seed >> 8; }
static u64 mix(u64 h, u64 v) { h ^= v + 0x9e3779b97f4a7c15ull + (h << 6) + (h >> 2); return h; }
static u64 bits(double d) { u64 v; __builtin_memcpy(&v, &d, 8); return v; }

static i32 numbers[1024];
static void fill(u32 n) { seed = n; for (u32 i = 0; i < 1024; i++) numbers[i] = (i32)next() - 0x800000; }
static u64 digest(void) { u64 h = 1; for (u32 i = 0; i < 1024; i++) h = mix(h, (u32)numbers[i]); return h; }

/* Sorting. */
PROGRAM p01_bubble(u32 n) { fill(n); for (int i = 0; i < 120; i++) for (int j = 0; j < 119 - i; j++) if (numbers[j] > numbers[j + 1]) { i32 t = numbers[j]; numbers[j] = numbers[j + 1]; numbers[j + 1] = t; } return digest(); }
static void quick(i32 *a, int l, int r) { if (l >= r) return; i32 p = a[(l + r) / 2]; int i = l, j = r; while (i <= j) { while (a[i] < p) i++; while (a[j] > p) j--; if (i <= j) { i32 t = a[i]; a[i] = a[j]; a[j] = t; i++; j--; } } quick(a, l, j); quick(a, i, r); }
PROGRAM p02_quick(u32 n) { fill(n); quick(numbers, 0, 1023); return digest(); }
static void sift(i32 *a, int root, int end) { for (;;) { int c = root * 2 + 1; if (c > end) return; if (c < end && a[c] < a[c + 1]) c++; if (a[root] >= a[c]) return; i32 t = a[root]; a[root] = a[c]; a[c] = t; root = c; } }
PROGRAM p03_heap(u32 n) { fill(n); for (int i = 511; i >= 0; i--) sift(numbers, i, 1023); for (int e = 1023; e > 0; e--) { i32 t = numbers[0]; numbers[0] = numbers[e]; numbers[e] = t; sift(numbers, 0, e - 1); } return digest(); }
PROGRAM p04_radix(u32 n) { static i32 other[1024]; fill(n); for (int s = 0; s < 32; s += 8) { u32 count[257] = {0}; for (int i = 0; i < 1024; i++) count[(((u32)numbers[i] >> s) & 255) + 1]++; for (int i = 0; i < 256; i++) count[i + 1] += count[i]; for (int i = 0; i < 1024; i++) other[count[((u32)numbers[i] >> s) & 255]++] = numbers[i]; for (int i = 0; i < 1024; i++) numbers[i] = other[i]; } return digest(); }
/* Hashing. */
PROGRAM p05_fnv(u32 n) { u64 h = 14695981039346656037ull; for (u32 i = 0; i < n * 10; i++) { h ^= (u8)i; h *= 1099511628211ull; } return h; }
PROGRAM p06_crc(u32 n) { u32 c = ~0u; for (u32 i = 0; i < n; i++) { c ^= (u8)(i * 7); for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1; } return ~c; }
PROGRAM p07_adler(u32 n) { u32 a = 1, b = 0; for (u32 i = 0; i < n; i++) { a = (a + (u8)i) % 65521; b = (b + a) % 65521; } return (u64)b << 16 | a; }
static u32 rol(u32 x, int k) { return x << k | x >> (32 - k); }
PROGRAM p08_murmur(u32 n) { u32 h = n; for (u32 i = 0; i < n; i++) { u32 k = i * 0xcc9e2d51u; k = rol(k, 15) * 0x1b873593u; h = rol(h ^ k, 13) * 5 + 0xe6546b64u; } h ^= h >> 16; h *= 0x85ebca6bu; h ^= h >> 13; return h; }
PROGRAM p09_sip(u32 n) { u64 a = 1, b = 2, c = 3, d = n; for (u32 i = 0; i < n; i++) { a += b; b = b << 13 | b >> 51; b ^= a; a = a << 32 | a >> 32; c += d; d = d << 16 | d >> 48; d ^= c; } return a ^ b ^ c ^ d; }
/* Floating point. */
PROGRAM p10_matrix(u32 n) { static double a[16][16], b[16][16]; double t = 0; for (int i = 0; i < 16; i++) for (int j = 0; j < 16; j++) { a[i][j] = i * 1.25 + j; b[i][j] = i - j * 0.5; } for (int i = 0; i < 16; i++) for (int j = 0; j < 16; j++) { double s = 0; for (int k = 0; k < 16; k++) s += a[i][k] * b[k][j]; t = t * 0.5 + s; } return bits(t) ^ n; }
PROGRAM p11_newton(u32 n) { double x = n, r = x; for (int i = 0; i < 40; i++) r = 0.5 * (r + x / r); return bits(r); }
PROGRAM p12_pi(u32 n) { double s = 0; for (u32 i = 0; i < n * 8; i++) s += (i & 1 ? -1.0 : 1.0) / (2.0 * i + 1); return bits(s * 4); }
PROGRAM p13_exp(u32 n) { double x = n / 1000.0, s = 1, t = 1; for (int i = 1; i < 30; i++) { t = t * x / i; s += t; } return bits(s); }
PROGRAM p14_round(u32 n) { i64 s = 0; for (u32 i = 0; i < n; i++) { double d = (i * 37 % 1000) / 7.0 - 60; s += (i32)d; s = s * 3 + (i64)(d * 1e9); s ^= (u32)(d * d); } return (u64)s; }
PROGRAM p15_compare(u32 n) { u64 c = 0; double z = 0, nan = z / z; double v[6] = {0.0, -0.0, 1.5, -1.5, 1e300, nan}; for (int i = 0; i < 6; i++) for (int j = 0; j < 6; j++) c = c * 5 + (v[i] < v[j]) + 2 * (v[i] == v[j]) + (v[i] >= v[j]) + (v[i] != v[j]); return c + n; }
PROGRAM p16_life(u32 n) { static u8 g[34][34], h[34][34]; seed = n; for (int i = 1; i < 33; i++) for (int j = 1; j < 33; j++) g[i][j] = next() & 1; for (int r = 0; r < 8; r++) { for (int i = 1; i < 33; i++) for (int j = 1; j < 33; j++) { int k = g[i-1][j-1] + g[i-1][j] + g[i-1][j+1] + g[i][j-1] + g[i][j+1] + g[i+1][j-1] + g[i+1][j] + g[i+1][j+1]; h[i][j] = k == 3 || (k == 2 && g[i][j]); } memcpy(g, h, sizeof g); } u64 d = 0; for (int i = 0; i < 34; i++) for (int j = 0; j < 34; j++) d = mix(d, g[i][j]); return d; }
/* Strings. */
static size length(const char *s) { size n = 0; while (s[n]) n++; return n; }
static int reads(const char *s) { int v = 0, g = 1; if (*s == '-') { g = -1; s++; } while (*s) v = v * 10 + (*s++ - '0'); return v * g; }
static char *writes(char *to, i32 v) { char t[16]; int n = 0; u32 u = v < 0 ? 0u - (u32)v : (u32)v; do t[n++] = (char)('0' + u % 10); while (u /= 10); if (v < 0) *to++ = '-'; while (n) *to++ = t[--n]; *to = 0; return to; }
PROGRAM p17_decimal(u32 n) { char b[16]; u64 h = 0; for (u32 i = 0; i < n; i++) { i32 v = (i32)(i * 2654435761u); writes(b, v); h = mix(h, (u32)reads(b) + length(b)); } return h; }
PROGRAM p18_search(u32 n) { static char text[2000]; const char *what = "abcab"; seed = n; for (int i = 0; i < 1999; i++) text[i] = (char)('a' + next() % 3); u64 h = 0; for (int i = 0; text[i]; i++) { int k = 0; while (what[k] && text[i + k] == what[k]) k++; if (!what[k]) h = mix(h, i); } return h; }
PROGRAM p19_reverse(u32 n) { char s[64]; u64 h = n; for (int r = 0; r < 50; r++) { char *e = writes(writes(s, (i32)(n * r)), r) - 1; for (char *p = s; p < e; p++, e--) { char t = *p; *p = *e; *e = t; } for (char *p = s; *p; p++) h = mix(h, (u8)*p); } return h; }
PROGRAM p20_upper(u32 n) { static u8 s[512]; seed = n; for (int i = 0; i < 512; i++) s[i] = (u8)next(); u64 h = 0; for (int i = 0; i < 512; i++) { u8 c = s[i]; if (c >= 'a' && c <= 'z') c -= 32; else if (c >= 'A' && c <= 'Z') c += 32; h = h * 31 + c; } return h; }
/* 64-bit arithmetic. */
PROGRAM p21_divide(u32 n) { u64 h = 0, x = 0xfedcba9876543210ull; for (u32 i = 1; i < n; i++) { x = x * 6364136223846793005ull + 1442695040888963407ull; h += x / (i * 977ull) + x % (x >> 40 | 1); i64 y = (i64)x; h ^= (u64)(y / (i64)(i + 3)) + (u64)(y % -(i64)(i + 7)); } return h; }
PROGRAM p22_gcd(u32 n) { u64 h = 0; for (u32 i = 1; i < n; i++) { u64 a = i * 1234567891ull, b = i * 987654321ull + 77; while (b) { u64 t = a % b; a = b; b = t; } h = mix(h, a); } return h; }
PROGRAM p23_shift(u32 n) { u64 x = 0x123456789abcdefull, h = 0; for (u32 i = 0; i < n; i++) { h ^= x << (i & 63); h += (u64)((i64)h >> (i * 7 & 63)); x = (x >> (i & 31)) ^ (x << 9) ^ i; } return h; }
PROGRAM p24_power(u32 n) { u64 b = 3, r = 1, e = n * 1000003ull; while (e) { if (e & 1) r = r * b % 1000000007ull; b = b * b % 1000000007ull; e >>= 1; } return r; }
PROGRAM p25_counts(u32 n) { u64 h = 0; for (u32 i = 1; i < n; i++) { u32 v = i * 2654435761u; h = mix(h, (u64)__builtin_clz(v | 1) * 64 + __builtin_ctz(v | 0x80000000u) + __builtin_bswap32(v)); h += (u32)__builtin_popcountll(h); } return h; }
/* Recursion, switches, variable arguments, non-local jumps, function pointers. */
static u32 ackermann(u32 m, u32 k) { return m == 0 ? k + 1 : k == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, k - 1)); }
PROGRAM p26_recursion(u32 n) { return ackermann(2, n & 31) * 1000ull + ackermann(3, n & 3); }
PROGRAM p27_switch(u32 n) { u32 a = 1, b = 7; u64 h = 0; seed = n; for (u32 i = 0; i < n; i++) { switch (next() % 11) { case 0: a += b; break; case 1: b ^= a; break; case 2: a = rol(a, 3); break; case 3: b -= i; break; case 4: a *= 3; break; case 5: h += a; break; case 6: b = ~b; break; case 7: a >>= 1; break; case 8: h = mix(h, b); break; case 9: a = (u32)(short)a; break; default: h ^= (u64)a << 32 | b; } } return h + a + b; }
static i64 sum(int count, ...) { __builtin_va_list list; __builtin_va_start(list, count); i64 s = 0; for (int i = 0; i < count; i++) switch (i % 3) { case 0: s += __builtin_va_arg(list, int); break; case 1: s ^= __builtin_va_arg(list, i64); break; default: s += (i64)__builtin_va_arg(list, double); } __builtin_va_end(list); return s; }
PROGRAM p28_variadic(u32 n) { return (u64)sum(9, (int)n, 0x123456789abll, n * 1.5, -5, -1ll, 2.25, 7, (i64)n << 33, -1e9); }
static void *place[5];
__attribute__((noinline)) static void leap(u32 n) { if (n == 0) __builtin_longjmp(place, 1); leap(n - 1); }
PROGRAM p29_longjmp(u32 n) { volatile u64 h = n; for (volatile u32 i = 0; i < 5; i++) { if (__builtin_setjmp(place) == 0) { h += 3; leap(i * 4); } else h = h * 7 + i; } return h; }
static u32 one(u32 x) { return x + 3; }
static u32 two(u32 x) { return x ^ 0x5555; }
static u32 three(u32 x) { return x * 5; }
PROGRAM p30_pointers(u32 n) { u32 (*volatile table[3])(u32) = {one, two, three}; u32 x = n; for (u32 i = 0; i < n; i++) x = table[i % 3](x); return x; }
