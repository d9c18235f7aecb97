/* The library that Calls.cs calls, written against the header that is generated for it: a definition of another type than its prototype does not compile. */
#include "Calls.h"

int32_t IJW_STDCALL Add(int32_t left, int32_t right) { return left + right; }
int64_t IJW_STDCALL Wide(int8_t a, uint16_t b, uint32_t c, uint64_t d) { return a + b + (int64_t)c + (int64_t)d; }
double IJW_STDCALL Mix(float a, double b, uint8_t c) { return a + b + c; }
Calls_Pair IJW_STDCALL Swap(Calls_Pair pair) { return (Calls_Pair){ .First = pair.Second, .Second = pair.First }; }
int32_t IJW_STDCALL UpperOf(Calls_Choice value) { return value.Upper; }
int32_t IJW_STDCALL BoolValue(int32_t value) { return value; }
uint8_t IJW_STDCALL Not(uint8_t value) { return !value; }
int16_t IJW_STDCALL Unit(ijw_char16 value) { return (int16_t)value; }
void IJW_STDCALL Increment(int32_t *value) { ++*value; }
int32_t IJW_STDCALL Call(int32_t (IJW_CDECL *callback)(int32_t), int32_t value) { return callback(value); }
int32_t IJW_STDCALL CallPointer(int32_t (IJW_CDECL *callback)(int32_t), int32_t value) { return callback(value); }
uint32_t IJW_STDCALL FirstOf(IJW_GUID value) { return value.Data1; }
uint32_t IJW_STDCALL FirstAt(IJW_GUID *value) { return value->Data1; }
double IJW_STDCALL Days(double value) { return value; }
intptr_t IJW_STDCALL Address(void *value) { return (intptr_t)value; }
int32_t IJW_STDCALL renamed(void) { return 7; }

double IJW_STDCALL SumPacked(Calls_Packed *value)
{
    double sum = value->Small + value->Large + value->Last;
    value->Last = -value->Last;
    return sum;
}

/* Every field is read, and changed to another value. */
int32_t IJW_STDCALL ReadRecord(Calls_Record *value)
{
    int32_t sum = value->Set + value->Name[0] + value->Values[0] + value->Values[2] + value->Inner.First;
    value->Set = 0;
    value->Name[0] = 'x';
    value->Values[2] = 30;
    value->Inner.Second = 200;
    return sum;
}

int32_t IJW_STDCALL LengthA(char *text)
{
    int32_t length = 0;
    if (text == NULL) return -1;
    while (text[length] != 0) length++;
    return length;
}

int32_t IJW_STDCALL LengthW(ijw_char16 *text)
{
    int32_t length = 0;
    while (text[length] != 0) length++;
    return length;
}

int32_t IJW_STDCALL Sum(int32_t *values, int32_t count)
{
    int32_t sum = 0;
    for (int32_t index = 0; index < count; index++) sum += values[index];
    return sum;
}

void IJW_STDCALL Fill(char *text, int32_t count)
{
    for (int32_t index = 0; index < count; index++) text[index] = 'z';
    text[count] = 0;
}

/* E_INVALIDARG for a negative number. */
int32_t IJW_STDCALL Twice(int32_t value, int32_t *result)
{
    *result = value * 2;
    return value < 0 ? (int32_t)0x80070057u : 0;
}

IJW_DECIMAL IJW_STDCALL Negate(IJW_DECIMAL value)
{
    value.sign ^= 0x80;
    return value;
}
