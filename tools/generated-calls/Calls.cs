using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Calls;

[StructLayout(LayoutKind.Sequential)]
public struct Pair { public int First, Second; }

[StructLayout(LayoutKind.Sequential, Pack = 2)]
public struct Packed { public byte Small; public double Large; public short Last; }

[StructLayout(LayoutKind.Explicit)]
public struct Choice { [FieldOffset(0)] public long Whole; [FieldOffset(4)] public int Upper; }

[StructLayout(LayoutKind.Sequential, CharSet = CharSet.Unicode)]
public struct Record
{
    [MarshalAs(UnmanagedType.U1)] public bool Set;
    [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 8)] public string Name;
    [MarshalAs(UnmanagedType.ByValArray, SizeConst = 3)] public short[] Values;
    public Pair Inner;
}

[UnmanagedFunctionPointer(CallingConvention.Cdecl)]
public delegate int Callback(int value);

public static unsafe class Native
{
    const string Library = "ijwcalls";

    [DllImport(Library)] public static extern int Add(int left, int right);
    [DllImport(Library)] public static extern long Wide(sbyte a, ushort b, uint c, ulong d);
    [DllImport(Library)] public static extern double Mix(float a, double b, byte c);
    [DllImport(Library)] public static extern Pair Swap(Pair pair);
    [DllImport(Library)] public static extern double SumPacked(ref Packed value);
    [DllImport(Library)] public static extern int UpperOf(Choice value);
    [DllImport(Library)] public static extern int ReadRecord(ref Record value);
    [DllImport(Library, CharSet = CharSet.Ansi)] public static extern int LengthA(string text);
    [DllImport(Library, CharSet = CharSet.Unicode)] public static extern int LengthW(string text);
    [DllImport(Library)] public static extern int BoolValue(bool value);
    [DllImport(Library)] [return: MarshalAs(UnmanagedType.I1)] public static extern bool Not([MarshalAs(UnmanagedType.U1)] bool value);
    [DllImport(Library, CharSet = CharSet.Unicode)] public static extern short Unit(char value);
    [DllImport(Library)] public static extern int Sum(int[] values, int count);
    [DllImport(Library)] public static extern void Increment(ref int value);
    [DllImport(Library, CharSet = CharSet.Ansi)] public static extern void Fill(StringBuilder text, int count);
    [DllImport(Library, PreserveSig = false)] public static extern int Twice(int value);
    [DllImport(Library)] public static extern int Call(Callback callback, int value);
    [DllImport(Library)] public static extern int CallPointer(delegate* unmanaged[Cdecl]<int, int> callback, int value);
    [DllImport(Library)] public static extern uint FirstOf(Guid value);
    [DllImport(Library)] public static extern uint FirstAt([MarshalAs(UnmanagedType.LPStruct)] Guid value);
    [DllImport(Library)] public static extern decimal Negate(decimal value);
    [DllImport(Library)] public static extern double Days(DateTime value);
    [DllImport(Library)] public static extern nint Address(void* value);
    [DllImport(Library, EntryPoint = "renamed")] public static extern int Renamed();
}

public static unsafe class Program
{
    [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
    public static int Triple(int value) => value * 3;

    static void Show(string name, FormattableString value) => Console.WriteLine($"{name} {FormattableString.Invariant(value)}");

    public static void Main()
    {
        Show("Add", $"{Native.Add(2, 40)}");
        Show("Wide", $"{Native.Wide(-1, 65535, 4_000_000_000, 1)}");
        Show("Mix", $"{Native.Mix(1.5f, 2.25, 200)}");
        Pair pair = Native.Swap(new Pair { First = 1, Second = 2 });
        Show("Swap", $"{pair.First} {pair.Second}");
        Packed packed = new() { Small = 1, Large = 2.5, Last = 3 };
        Show("SumPacked", $"{Native.SumPacked(ref packed)} {packed.Last}");
        Show("UpperOf", $"{Native.UpperOf(new Choice { Whole = 7L << 32 })}");
        Record record = new() { Set = true, Name = "abc", Values = new short[] { 1, 2, 3 }, Inner = new Pair { First = 10, Second = 20 } };
        Show("ReadRecord", $"{Native.ReadRecord(ref record)} {record.Name} {record.Values[2]} {record.Inner.Second} {record.Set}");
        Show("LengthA", $"{Native.LengthA("four")} {Native.LengthA(null)}");
        Show("LengthW", $"{Native.LengthW("fünf!")}");
        Show("BoolValue", $"{Native.BoolValue(true)}");
        Show("Not", $"{Native.Not(true)} {Native.Not(false)}");
        Show("Unit", $"{Native.Unit('A')}");
        Show("Sum", $"{Native.Sum(new[] { 1, 2, 3 }, 3)}");
        int number = 41;
        Native.Increment(ref number);
        Show("Increment", $"{number}");
        StringBuilder text = new("....", 16);
        Native.Fill(text, 3);
        Show("Fill", $"{text}");
        Show("Twice", $"{Native.Twice(21)}");
        string problem = "none";
        try { Native.Twice(-1); } catch (Exception error) { problem = error.GetType().Name; }
        Show("TwiceFails", $"{problem}");
        Show("Call", $"{Native.Call(value => value + 1, 6)}");
        Show("CallPointer", $"{Native.CallPointer(&Triple, 5)}");
        Guid guid = new("11223344-5566-7788-99aa-bbccddeeff00");
        Show("FirstOf", $"{Native.FirstOf(guid):x}");
        Show("FirstAt", $"{Native.FirstAt(guid):x}");
        Show("Negate", $"{Native.Negate(12.50m)}");
        Show("Days", $"{Native.Days(new DateTime(1900, 1, 1, 12, 0, 0))}");
        Show("Address", $"{Native.Address((void*)1234)}");
        Show("Renamed", $"{Native.Renamed()}");
    }
}
